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
      const obstacles = await findObstacles(database, stopping);
      if (obstacles.length > 0) throw new NotReadyError(obstacles);
      const readiness: Readiness = { status: 'ready' };
      response.json(readiness);
    })
    .all(allowMethods('GET', 'HEAD'));

  return routes;
}

const isStopping: ErrorDetail = { path: 'server', message: 'is about to stop' };

/** Whoever asks for readiness has no long patience; Kubernetes waits for a second. */
const patienceMs = 800;

/** Whether nothing keeps the platform from its work. */
export const isReady = async (database: Database, stopping: Stopping): Promise<boolean> =>
  (await findObstacles(database, stopping)).length === 0;

async function findObstacles(database: Database, stopping: Stopping): Promise<ErrorDetail[]> {
  if (stopping.hasBegun) return [isStopping];
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
