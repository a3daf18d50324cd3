import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FixedWindowCounter } from '../../src/limits/fixed-window-counter.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const startCounter = (maxKeys = 100) =>
  new FixedWindowCounter({ policy: 'test', limit: 10, windowSeconds: 60, maxKeys });

it('starts a window with the first event of a key and ends it after its length', () => {
  const counter = startCounter();
  expect(counter.read('a')).toEqual({ policy: 'test', limit: 10, windowSeconds: 60, used: 0, resetSeconds: 60 });
  expect(counter.add('a')).toMatchObject({ used: 1, resetSeconds: 60 });
  vi.advanceTimersByTime(20_500);
  expect(counter.add('a', 4)).toMatchObject({ used: 5, resetSeconds: 40 });
  vi.advanceTimersByTime(39_400);
  expect(counter.read('a')).toMatchObject({ used: 5, resetSeconds: 1 });
  vi.advanceTimersByTime(101);
  expect(counter.read('a')).toMatchObject({ used: 0, resetSeconds: 60 });
  expect(counter.add('a')).toMatchObject({ used: 1, resetSeconds: 60 });
});

it('drops the least recently counted key, whoever reads it', () => {
  const counter = startCounter(2);
  counter.add('a');
  counter.add('b');
  counter.read('a');
  counter.add('c');
  expect(['a', 'b', 'c'].map((key) => counter.read(key).used)).toEqual([0, 1, 1]);
});
