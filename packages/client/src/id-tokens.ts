// Where a workflow's ID tokens come from: a runner of GitHub gives as many as are asked for, a job of GitLab has one.
import type { Call } from './call.ts';
import { environment } from './environment.ts';
import { AuthenticationError, UnexpectedAnswerError } from './errors.ts';
import { isObject } from './is-object.ts';
import { invalidConfiguration, isHeaderText } from './resolve-options.ts';
import { isRsolvError } from './rsolv-error.ts';

/** Sends a call. */
export type Send = (call: Call) => Promise<unknown>;

/** The ID tokens of a workflow. */
export interface IdTokens {
  /** Gets one for an audience. */
  readonly get: (audience: string, send: Send) => Promise<string>;
  /** Whether there is only one, so that no second key can be had. */
  readonly isSingle: boolean;
}

/** The ID tokens of the workflow that this runs in; undefined where it has none. */
export function findIdTokens(): IdTokens | undefined {
  // As https://docs.github.com/actions/reference/security/oidc says.
  const url = environment('ACTIONS_ID_TOKEN_REQUEST_URL');
  const requestToken = environment('ACTIONS_ID_TOKEN_REQUEST_TOKEN');
  if (url && requestToken) {
    requireSendable({ url, requestToken });
    return { isSingle: false, get: (audience, send) => requestFromGitHub(send, { url, requestToken, audience }) };
  }
  const token = environment('RSOLV_ID_TOKEN');
  return token === undefined ? undefined : { isSingle: true, get: () => Promise.resolve(token) };
}

/** @throws ConfigurationError that names the variable without its value, which may be a secret */
function requireSendable({ url, requestToken }: { url: string; requestToken: string }): void {
  const invalid = URL.canParse(url) ? (isHeaderText(requestToken) ? undefined : 'TOKEN') : 'URL';
  if (invalid) throw invalidConfiguration(`ACTIONS_ID_TOKEN_REQUEST_${invalid} is not what the runner sets.`);
}

async function requestFromGitHub(
  send: Send,
  { url, requestToken, audience }: { url: string; requestToken: string; audience: string },
): Promise<string> {
  const address = new URL(url);
  address.searchParams.set('audience', audience);
  const credentials = { bearer: requestToken, secret: requestToken };
  const answer = await send({ method: 'GET', path: address.href, credentials }).catch((thrown: unknown) => {
    if (!isRsolvError(thrown)) throw thrown;
    const { code, status, message, retryable } = thrown;
    throw new AuthenticationError({ code, status, message: `GitHub gave no ID token: ${message}`, retryable });
  });
  return textOf(answer, 'value');
}

/**
 * A field of an answer that has to be there.
 *
 * @throws UnexpectedAnswerError
 */
export function textOf(answer: unknown, name: string): string {
  const value = isObject(answer) && answer[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new UnexpectedAnswerError({
    code: 'UNEXPECTED_ANSWER',
    message: `The answer has no ${name} where one was expected.`,
  });
}
