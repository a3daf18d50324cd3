import { setTimeout as delay } from 'node:timers/promises';
import { migrations } from '@rsolv/migrations/list';
import type { ErrorDetail } from '@rsolv/shared/error-code';
import type { Health, Readiness } from '@rsolv/shared/health';
import { NotReadyError } from '@rsolv/shared/platform-error';
import { Router } from 'express';
import type { Database } from '../database.ts';
import type { Stopping } from '../stopping.ts';
import { allowMethods } from './errors.ts';

/**
 * `/health`: the process answers. `/health/ready`: the database is in reach, its schema is up to date, and nobody has told
 * the server to stop.
 */
export function healthRoutes(database: Database, stopping: Stopping): Router {
  const routes = Router({ caseSensitive: true });
  const look = shareAnswers(() => findObstacles(database));

  routes
    .route('/')
    .get((_request, response) => {
      const health: Health = { status: 'ok' };
      response.json(health);
    })
    .all(allowMethods('GET', 'HEAD'));

  routes
    .route('/ready')
    .get(async (_request, response) => {
      const obstacles = stopping.hasBegun ? [isStopping] : await look();
      if (obstacles.length > 0) throw new NotReadyError(obstacles);
      const readiness: Readiness = { status: 'ready' };
      response.json(readiness);
    })
    .all(allowMethods('GET', 'HEAD'));

  return routes;
}

const isStopping: ErrorDetail = { path: 'server', message: 'is about to stop' };
/** How long an answer counts for whoever asks next: anybody may ask, and as often as they like. */
const freshMs = 1000;

/** Asks once within that time, also where it is asked for while it asks. */
function shareAnswers<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let latest: { readonly askedAt: number; readonly answer: Promise<Answer> } | undefined;
  return () => {
    const now = Date.now();
    if (latest === undefined || Math.abs(now - latest.askedAt) >= freshMs) latest = { askedAt: now, answer: ask() };
    return latest.answer;
  };
}

/** Whoever asks for readiness has no long patience; Kubernetes waits for a second. */
const patienceMs = 800;

/** Whether nothing keeps the platform from its work. */
export const isReady = async (database: Database, stopping: Stopping): Promise<boolean> =>
  !stopping.hasBegun && (await findObstacles(database)).length === 0;

async function findObstacles(database: Database): Promise<ErrorDetail[]> {
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
  await delay(patienceMs, undefined, { ref: false });
  throw new Error('the database does not answer');
}
