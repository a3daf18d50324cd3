import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FairSemaphore } from '../../src/limits/fair-semaphore.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Acquires amounts one after the other, and lists the keys whose wait has ended, in this order. */
function startCallers(options: { total: number; perKey: number }) {
  const semaphore = new FairSemaphore({ ...options, timeoutMs: 1000 });
  const ended: string[] = [];
  const acquire = (key: string, amount = 1) => {
    const acquired = Promise.resolve(semaphore.acquire(key, amount));
    void acquired.then((release) => ended.push(release === undefined ? `${key} timed out` : key));
    return async () => (await acquired)?.();
  };
  const served = async () => {
    await vi.advanceTimersByTimeAsync(0);
    return ended.splice(0);
  };
  return { acquire, served };
}

it('caps each key and serves its callers in order', async () => {
  const { acquire, served } = startCallers({ total: 10, perKey: 2 });
  const release = acquire('a');
  acquire('a');
  acquire('a', 2);
  acquire('a');
  acquire('b');
  expect(await served()).toEqual(['a', 'a', 'b']);
  await release();
  expect(await served()).toEqual([]);
});

it('serves the keys in turn', async () => {
  const { acquire, served } = startCallers({ total: 2, perKey: 2 });
  const [first, second] = [acquire('a'), acquire('a')];
  acquire('b');
  acquire('b');
  acquire('c');
  expect(await served()).toEqual(['a', 'a']);
  await first();
  await second();
  expect(await served()).toEqual(['b', 'c']);
});

it('lets nobody overtake a caller that needs more of the total', async () => {
  const { acquire, served } = startCallers({ total: 4, perKey: 3 });
  const [first, second] = [acquire('a', 3), acquire('b', 1)];
  acquire('c', 3);
  await second();
  acquire('b', 1);
  expect(await served()).toEqual(['a', 'b']);
  await first();
  expect(await served()).toEqual(['c', 'b']);
});

it('counts more than a key may have as all that it may have', async () => {
  const { acquire, served } = startCallers({ total: 4, perKey: 2 });
  const release = acquire('a', 100);
  acquire('a');
  expect(await served()).toEqual(['a']);
  await release();
  expect(await served()).toEqual(['a']);
});

it('ends a wait at the timeout and serves the next caller of the queue', async () => {
  const { acquire, served } = startCallers({ total: 3, perKey: 2 });
  acquire('a');
  acquire('a', 2);
  await vi.advanceTimersByTimeAsync(500);
  acquire('a');
  expect(await served()).toEqual(['a']);
  await vi.advanceTimersByTimeAsync(500);
  expect(await served()).toEqual(['a timed out', 'a']);
});

it('counts a repeated release once', async () => {
  const { acquire, served } = startCallers({ total: 2, perKey: 1 });
  const release = acquire('a');
  await release();
  await release();
  acquire('a');
  acquire('a');
  expect(await served()).toEqual(['a', 'a']);
});
