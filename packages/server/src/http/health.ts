import { migrations } from '@rsolv/migrations/list';
import type { Health, Readiness } from '@rsolv/shared/health';
import { Router } from 'express';
import type { Database } from '../database.ts';
import { allowMethods } from './errors.ts';

/** `/health`: the process answers. `/health/ready`: the database is in reach and its schema is up to date. */
export function healthRoutes(database: Database): Router {
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
      const checks = await check(database);
      const isReady = checks.database === 'ok' && checks.migrations === 'ok';
      const readiness: Readiness = { status: isReady ? 'ready' : 'not ready', checks };
      response.status(isReady ? 200 : 503).json(readiness);
    })
    .all(allowMethods('GET', 'HEAD'));

  return routes;
}

async function check(database: Database): Promise<Readiness['checks']> {
  try {
    const applied = await database.appliedMigrations();
    const missing = migrations.filter(({ name }) => !applied.includes(name));
    return { database: 'ok', migrations: missing.length === 0 ? 'ok' : 'pending' };
  } catch {
    return { database: 'unreachable', migrations: 'unknown' };
  }
}
