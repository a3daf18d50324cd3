import { setTimeout as delay } from 'node:timers/promises';

/** PostgreSQL ended a transaction so that another one could go on: the same work again succeeds, as a rule. */
const conflictStates = new Set(['40001', '40P01']);

const attempts = 5;

const longestPauseMs = 40;

/** Whether a transaction lost to another one: a serialization failure or a deadlock. */
export function isConflict(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if ('code' in thrown && typeof thrown.code === 'string' && conflictStates.has(thrown.code)) return true;
  return isConflict(thrown.cause);
}

/** Runs a statement or a whole transaction again where it lost to another one, at most {@link attempts} times in all. */
export async function retryConflicts<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (thrown) {
      if (attempt === attempts || !isConflict(thrown)) throw thrown;
      // Those who met each other must not meet again.
      await delay(Math.random() * longestPauseMs * attempt);
    }
  }
}
