import { expect, it } from 'vitest';
import { AnswerRoom, AnswerSpace } from '../../src/limits/answer-room.ts';

it('who has gone while waiting gets no room, and leaves it to others', async () => {
  const space = new AnswerSpace({ maxBytes: 10, patienceMs: 60_000 });
  const ends: (() => void)[] = [];
  const room = () => new AnswerRoom(space, (end) => ends.push(end));
  await room().take('customer', 20);
  const [gone, staying] = [room().take('customer', 10), room().take('customer', 20)];
  const [endFirst, endGone] = ends;
  endGone?.();
  endFirst?.();
  await expect(gone).rejects.toThrow('whose caller has gone');
  await staying;
});
