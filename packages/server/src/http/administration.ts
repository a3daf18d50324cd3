// The REST routes by which a customer administers its own API keys and forge accounts, and reads what was done.
import { Router, type Request } from 'express';
import { parseJson, parseJsonObject } from '@rsolv/shared/json/parse-json';
import type { Platform } from '../rpc/platform.ts';
import type { Context } from '../rpc/context.ts';
import { answerJson } from './answer.ts';
import { readBody, readOpenBody } from './body.ts';
import { bodyRules, call, contextOf, type ProcedureRef } from './call.ts';
import { allowMethods } from './errors.ts';

type Answer = (request: Request, response: Response) => Promise<void>;
type Response = Parameters<typeof contextOf>[2];
type ReadInput = (request: Request, context: Context) => unknown;

export function keysRoutes(platform: Platform): Router {
  const answer = answers(platform);
  const routes = Router({ caseSensitive: true });
  routes
    .route('/')
    .get(answer({ path: 'keys.list', type: 'query' }))
    .post(answer({ path: 'keys.create', type: 'mutation' }, bodyOf, 201))
    .all(allowMethods('GET', 'HEAD', 'POST'));
  routes
    .route('/:id')
    .delete(answer({ path: 'keys.revoke', type: 'mutation' }, idOf))
    .all(allowMethods('DELETE'));
  routes
    .route('/:id/rotate')
    .post(
      answer(
        { path: 'keys.rotate', type: 'mutation' },
        async (request, context) => ({
          ...(hasBody(request) && parseJsonObject(await readBody(request, bodyRules(context)))),
          ...idOf(request),
        }),
        201,
      ),
    )
    .all(allowMethods('POST'));
  return routes;
}

export function forgeAccountsRoutes(platform: Platform): Router {
  const answer = answers(platform);
  const routes = Router({ caseSensitive: true });
  routes
    .route('/')
    .get(answer({ path: 'forgeAccounts.list', type: 'query' }))
    .post(answer({ path: 'forgeAccounts.add', type: 'mutation' }, bodyOf, 201))
    .delete(answer({ path: 'forgeAccounts.remove', type: 'mutation' }, ({ query }) => ({ ...query })))
    .all(allowMethods('GET', 'HEAD', 'POST', 'DELETE'));
  routes
    .route('/verify')
    .post(answer({ path: 'forgeAccounts.verify', type: 'mutation' }, openBodyOf))
    .all(allowMethods('POST'));
  return routes;
}

export function auditEventsRoutes(platform: Platform): Router {
  const answer = answers(platform);
  const routes = Router({ caseSensitive: true });
  routes
    .route('/')
    .get(answer({ path: 'audit.list', type: 'query' }, ({ query }) => ({ ...query })))
    .all(allowMethods('GET', 'HEAD'));
  return routes;
}

/** Makes a route's handler of a procedure. */
const answers =
  (platform: Platform) =>
  (ref: ProcedureRef, readInput: ReadInput = () => undefined, status = 200): Answer =>
  async (request, response) => {
    const context = contextOf(platform, request, response);
    const result = await call(ref, context, () => readInput(request, context));
    answerJson(response, result, status);
  };

const bodyOf = async (request: Request, context: Context): Promise<unknown> =>
  parseJson(await readBody(request, bodyRules(context)));

const openBodyOf = async (request: Request): Promise<unknown> => parseJson(await readOpenBody(request));

const hasBody = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const idOf = ({ params }: Request) => ({ id: params['id'] });
