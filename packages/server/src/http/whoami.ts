import { Router } from 'express';
import type { Platform } from '../rpc/platform.ts';
import { answerJson } from './answer.ts';
import { call, contextOf } from './call.ts';
import { allowMethods } from './errors.ts';

export function whoamiRoutes(platform: Platform): Router {
  const routes = Router({ caseSensitive: true });
  routes
    .route('/')
    .get(async (request, response) => {
      answerJson(response, await call({ path: 'whoami', type: 'query' }, contextOf(platform, request, response)));
    })
    .all(allowMethods('GET', 'HEAD'));
  return routes;
}
