// The token exchange in OAuth's own words: https://www.rfc-editor.org/rfc/rfc8693#section-2
import { Router, type Request } from 'express';
import { toInvalidInputError } from '@rsolv/shared/errors/to-invalid-input-error';
import { parseJson } from '@rsolv/shared/json/parse-json';
import { isForm } from '@rsolv/shared/wire/request-body';
import {
  exchangedKey,
  tokenExchangeRequest,
  tokenTypes,
  workflowKeyLifetimeSeconds,
  type TokenExchangeResponse,
} from '@rsolv/shared/contract/token-exchange';
import type { Platform } from '../rpc/platform.ts';
import { answerJson } from './answer.ts';
import { readForm, readOpenBody } from './body.ts';
import { call, contextOf } from './call.ts';
import { allowMethods } from './errors.ts';

export function authRoutes(platform: Platform): Router {
  const routes = Router({ caseSensitive: true });
  routes
    .route('/token')
    .post(async (request, response) => {
      const context = contextOf(platform, request, response);
      const made = await call({ path: 'auth.token', type: 'mutation' }, context, () => readInput(request));
      const { apiKey, scopes, repository } = exchangedKey.parse(made);
      const answer: TokenExchangeResponse = {
        access_token: apiKey,
        issued_token_type: tokenTypes.accessToken,
        token_type: 'Bearer',
        expires_in: workflowKeyLifetimeSeconds,
        scope: scopes.join(' '),
        repository,
      };
      answerJson(response, answer);
    })
    .all(allowMethods('POST'));
  return routes;
}

/** The procedure's input, of a form as OAuth has it or of JSON. */
async function readInput(request: Request) {
  const sent = isForm(request.headers['content-type'])
    ? await readForm(request)
    : parseJson(await readOpenBody(request));
  const { data, error } = tokenExchangeRequest.safeParse(sent);
  if (data === undefined) throw toInvalidInputError(error);
  return { subjectToken: data.subject_token, scopes: data.scope };
}
