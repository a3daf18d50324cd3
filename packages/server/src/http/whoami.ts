import { Router } from 'express';
import type { Database } from '../database.ts';
import { call, contextOf } from './call.ts';
import { allowMethods } from './errors.ts';

export function whoamiRoutes(database: Database): Router {
  const routes = Router({ caseSensitive: true });
  routes
    .route('/')
    .get(async (request, response) => {
      response.json(await call({ path: 'whoami', type: 'query' }, contextOf(database, request, response)));
    })
    .all(allowMethods('GET', 'HEAD'));
  return routes;
}
