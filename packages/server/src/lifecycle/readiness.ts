import { setTimeout as delay } from 'node:timers/promises';
import { migrations } from '@rsolv/migrations/list';
import type { ErrorDetail } from '@rsolv/shared/errors/error-code';
import type { Database } from '../database/open-database.ts';
import type { GracefulShutdown } from './graceful-shutdown.ts';

/** How long an answer is reused for later callers: anybody may ask, as often as they like. */
const freshMs = 1000;

/** Kubernetes' default probe timeout is one second; the answer has to come before. */
const timeoutMs = 800;

const shuttingDown: ErrorDetail = { path: 'server', message: 'is about to stop' };

/**
 * Makes the readiness check: the database answers, its schema is up to date, and no shutdown has begun. Callers within
 * a second share one query.
 *
 * @returns what keeps the platform from its work; empty where it is ready
 */
export function makeReadinessCheck(
  database: Database,
  shutdown: Pick<GracefulShutdown, 'hasBegun'>,
): () => Promise<readonly ErrorDetail[]> {
  const findObstacles = shareAnswers(() => checkDatabase(database));
  return () => (shutdown.hasBegun ? Promise.resolve([shuttingDown]) : findObstacles());
}

/** Asks once within that time, also where it is asked for while it asks. */
function shareAnswers<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let latest: { readonly askedAt: number; readonly answer: Promise<Answer> } | undefined;
  return () => {
    const now = Date.now();
    if (latest === undefined || Math.abs(now - latest.askedAt) >= freshMs) latest = { askedAt: now, answer: ask() };
    return latest.answer;
  };
}

async function checkDatabase(database: Database): Promise<ErrorDetail[]> {
  try {
    const applied = await Promise.race([database.appliedMigrations(), noAnswer()]);
    return migrations
      .filter(({ name }) => !applied.includes(name))
      .map(({ name }) => ({ path: 'migrations', message: `${name} has not run; restart the server to run it` }));
  } catch {
    return [{ path: 'database', message: 'is out of reach' }];
  }
}

async function noAnswer(): Promise<never> {
  await delay(timeoutMs, undefined, { ref: false });
  throw new Error('the database does not answer');
}
