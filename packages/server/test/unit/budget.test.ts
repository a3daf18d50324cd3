import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Budget } from '../../src/limits/budget.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Takes amounts one after the other, and tells who got theirs, in this order. */
function takers(options: { total: number; perName: number }) {
  const budget = new Budget({ ...options, patienceMs: 1000 });
  const begun: string[] = [];
  const take = (name: string, amount = 1) => {
    const taken = Promise.resolve(budget.take(name, amount));
    void taken.then((release) => begun.push(release === undefined ? `${name} in vain` : name));
    return async () => (await taken)?.();
  };
  const settled = async () => {
    await vi.advanceTimersByTimeAsync(0);
    return begun.splice(0);
  };
  return { take, settled };
}

it('a name gets no more than its own, and then its next ones in their order', async () => {
  const { take, settled } = takers({ total: 10, perName: 2 });
  const giveBack = take('a');
  take('a');
  take('a', 2);
  take('a');
  take('b');
  expect(await settled()).toEqual(['a', 'a', 'b']);
  await giveBack();
  expect(await settled()).toEqual([]);
});

it('names are served in turn', async () => {
  const { take, settled } = takers({ total: 2, perName: 2 });
  const [first, second] = [take('a'), take('a')];
  take('b');
  take('b');
  take('c');
  expect(await settled()).toEqual(['a', 'a']);
  await first();
  await second();
  expect(await settled()).toEqual(['b', 'c']);
});

it('what wants more of the total is not overtaken', async () => {
  const { take, settled } = takers({ total: 4, perName: 3 });
  const [first, second] = [take('a', 3), take('b', 1)];
  take('c', 3);
  await second();
  take('b', 1);
  expect(await settled()).toEqual(['a', 'b']);
  await first();
  expect(await settled()).toEqual(['c', 'b']);
});

it('what one name can never have counts as all that it can', async () => {
  const { take, settled } = takers({ total: 4, perName: 2 });
  const giveBack = take('a', 100);
  take('a');
  expect(await settled()).toEqual(['a']);
  await giveBack();
  expect(await settled()).toEqual(['a']);
});

it('nobody waits without end, and who stood behind goes on', async () => {
  const { take, settled } = takers({ total: 3, perName: 2 });
  take('a');
  take('a', 2);
  await vi.advanceTimersByTimeAsync(500);
  take('a');
  expect(await settled()).toEqual(['a']);
  await vi.advanceTimersByTimeAsync(500);
  expect(await settled()).toEqual(['a in vain', 'a']);
});

it('what is given back twice counts once', async () => {
  const { take, settled } = takers({ total: 2, perName: 1 });
  const giveBack = take('a');
  await giveBack();
  await giveBack();
  take('a');
  take('a');
  expect(await settled()).toEqual(['a', 'a']);
});
