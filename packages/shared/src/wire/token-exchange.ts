// The token exchange in the spelling of OAuth: https://www.rfc-editor.org/rfc/rfc8693#section-2
import {
  exchangedKey,
  tokenExchangeRequest,
  tokenTypes,
  workflowKeyLifetimeSeconds,
  type TokenExchangeResponse,
} from '../contract/token-exchange.ts';
import type { Translation } from '../contract/routes/route.ts';
import { toInvalidInputError } from '../errors/to-invalid-input-error.ts';

/** Translates an OAuth token exchange to the procedure's input, and its output to an OAuth response. */
export const translateTokenExchange: Translation = {
  toInput: (request) => {
    const { data, error } = tokenExchangeRequest.safeParse(request);
    if (data === undefined) throw toInvalidInputError(error);
    return { subjectToken: data.subject_token, scopes: data.scope };
  },
  toResponse: (output): TokenExchangeResponse => {
    const { apiKey, scopes, repository } = exchangedKey.parse(output);
    return {
      access_token: apiKey,
      issued_token_type: tokenTypes.accessToken,
      token_type: 'Bearer',
      expires_in: workflowKeyLifetimeSeconds,
      scope: scopes.join(' '),
      repository,
    };
  },
};
