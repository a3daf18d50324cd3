import { setTimeout as delay } from 'node:timers/promises';
import { migrations } from '@rsolv/migrations/list';
import type { ErrorDetail } from '@rsolv/shared/errors/error-code';
import type { Database } from '../database/open-database.ts';
import type { GracefulShutdown } from './graceful-shutdown.ts';

/** How long an answer is reused, since anybody may ask as often as they like. */
const freshMs = 1000;

/** Shorter than one second, which is the default timeout of a Kubernetes probe. */
const timeoutMs = 800;

const shuttingDown: ErrorDetail = { path: 'server', message: 'is shutting down' };

/**
 * Makes the readiness check: the database responds, its schema is up to date, and no shutdown has begun. Calls within a
 * second share one query.
 *
 * @returns lists the reasons why the platform is not ready; empty when it is
 */
export function makeReadinessCheck(
  database: Database,
  shutdown: Pick<GracefulShutdown, 'hasBegun'>,
): () => Promise<readonly ErrorDetail[]> {
  const findProblems = shareAnswers(() => checkDatabase(database));
  return () => (shutdown.hasBegun ? Promise.resolve([shuttingDown]) : findProblems());
}

/** Shares one answer between all calls within `freshMs`, and between those that wait for it. */
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
  throw new Error('the database does not respond');
}
