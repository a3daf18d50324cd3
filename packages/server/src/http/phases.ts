// The REST routes of the phases: what comes in is given the contract's one spelling, the procedures do the rest.
import { Router } from 'express';
import { FieldSpelling } from '@rsolv/shared/wire/field-names';
import { parseJson } from '@rsolv/shared/json/parse-json';
import type { Platform } from '../rpc/platform.ts';
import { toPlatformError } from '../rpc/platform-error.ts';
import { answerJson } from './answer.ts';
import { readBody } from './body.ts';
import { bodyRules, call, contextOf } from './call.ts';
import { allowMethods } from './errors.ts';

export function phasesRoutes(platform: Platform): Router {
  const routes = Router({ caseSensitive: true });

  routes
    .route('/store')
    .post(async (request, response) => {
      const spelling = new FieldSpelling();
      const context = contextOf(platform, request, response);
      const readInput = async () => spelling.toCamelCase(parseJson(await readBody(request, bodyRules(context))));
      const stored = call({ path: 'phases.store', type: 'mutation' }, context, readInput);
      const answer = await stored.catch((thrown: unknown) => {
        throw spelling.nameAsSent(toPlatformError(thrown));
      });
      answerJson(response, answer);
    })
    .all(allowMethods('POST'));

  routes
    .route('/retrieve')
    .get(async (request, response) => {
      const context = contextOf(platform, request, response);
      answerJson(
        response,
        await call({ path: 'phases.retrieve', type: 'query' }, context, () => ({ ...request.query })),
      );
    })
    .all(allowMethods('GET', 'HEAD'));

  return routes;
}
