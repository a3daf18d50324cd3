import type { ErrorDetail } from '@rsolv/shared/errors/error-code';
import type { Health, Readiness } from '@rsolv/shared/contract/health';
import { NotReadyError } from '@rsolv/shared/errors/platform-error';
import { Router } from 'express';
import { allowMethods } from './errors.ts';

/** Finds what keeps the platform from its work. */
type CheckReadiness = () => Promise<readonly ErrorDetail[]>;

/**
 * `/health`: the process answers. `/health/ready`: the database is in reach, its schema is up to date, and nobody has told
 * the server to stop.
 */
export function healthRoutes(checkReadiness: CheckReadiness): Router {
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
      const obstacles = await checkReadiness();
      if (obstacles.length > 0) throw new NotReadyError(obstacles);
      const readiness: Readiness = { status: 'ready' };
      response.json(readiness);
    })
    .all(allowMethods('GET', 'HEAD'));

  return routes;
}
