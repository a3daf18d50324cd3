import { setTimeout as delay } from 'node:timers/promises';

/** Codes of a transaction that PostgreSQL aborted in favor of a concurrent one. A retry usually succeeds. */
const conflictStates = new Set(['40001', '40P01']);

const maxAttempts = 5;

const maxDelayMs = 40;

/** Whether PostgreSQL aborted a transaction because of a serialization failure or a deadlock. */
export function isConflict(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if ('code' in thrown && typeof thrown.code === 'string' && conflictStates.has(thrown.code)) return true;
  return isConflict(thrown.cause);
}

/** Runs a statement or a whole transaction, and retries it after a conflict. */
export async function retryConflicts<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (thrown) {
      if (attempt === maxAttempts || !isConflict(thrown)) throw thrown;
      // A random delay, so that the same transactions do not collide again.
      await delay(Math.random() * maxDelayMs * attempt);
    }
  }
}
