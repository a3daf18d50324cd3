// The API key of a workflow that has none stored: it shows its ID token, and gets a key for a quarter of an hour.
import { AuthenticationError, ConfigurationError, isRsolvError, UnexpectedAnswerError } from './errors.ts';
import { isObject } from './is-object.ts';
import { environment } from './options.ts';
import type { Call } from './transport.ts';

/** Gets the workflow's ID token for an audience. */
type IdTokenSource = (audience: string, send: Send) => Promise<string>;

type Send = (call: Call) => Promise<unknown>;

/** The ID tokens of the workflow that this runs in; undefined where it has none. */
function findIdTokens(): IdTokenSource | undefined {
  // GitHub's, as https://docs.github.com/actions/reference/security/oidc has it: as many as are asked for.
  const url = environment('ACTIONS_ID_TOKEN_REQUEST_URL');
  const requestToken = environment('ACTIONS_ID_TOKEN_REQUEST_TOKEN');
  if (url && requestToken) {
    return async (audience, send) => {
      const unkeyed = { bearer: requestToken, hides: requestToken };
      const path = new URL(url);
      path.searchParams.set('audience', audience);
      const answer = await send({ method: 'GET', path: path.href, unkeyed }).catch((thrown: unknown) => {
        if (!isRsolvError(thrown)) throw thrown;
        const { code, status, message, retryable } = thrown;
        throw new AuthenticationError({ code, status, message: `GitHub gave no ID token: ${message}`, retryable });
      });
      return textOf(answer, 'value');
    };
  }
  // GitLab's: one, which counts once.
  let ofJob = environment('RSOLV_ID_TOKEN');
  return ofJob === undefined
    ? undefined
    : async () => {
        const idToken = ofJob;
        ofJob = '';
        if (idToken) return idToken;
        const message =
          'The ID token in RSOLV_ID_TOKEN counts once, and the key that it was exchanged for has ended. ' +
          'Do what is left in a job of its own.';
        throw new ConfigurationError({ code: 'CONFIGURATION', message });
      };
}

/** Exchanges ID tokens for keys, and keeps the newest. */
export class WorkflowKey {
  readonly #idTokens: IdTokenSource;
  readonly #audience: string;
  readonly #send: Send;
  #key: Promise<string> | undefined;
  /** When another is needed, in ms since 1970. */
  #endsAt = 0;

  private constructor(idTokens: IdTokenSource, audience: string, send: Send) {
    this.#idTokens = idTokens;
    this.#audience = audience;
    this.#send = send;
  }

  /** Undefined where this is no workflow with ID tokens. */
  static find(audience: string, send: Send): WorkflowKey | undefined {
    const idTokens = findIdTokens();
    return idTokens && new WorkflowKey(idTokens, audience, send);
  }

  /** The key to show: the one there is, or another one a minute before its end. Calls at once share an exchange. */
  current(): Promise<string> {
    if (this.#key && Date.now() < this.#endsAt) return this.#key;
    this.#endsAt = Infinity;
    this.#key = this.#exchange().catch((thrown: unknown) => {
      this.#key = undefined;
      throw thrown;
    });
    return this.#key;
  }

  /** Says that the platform does not take the key, so that the next one is another. */
  drop(): void {
    this.#key = undefined;
  }

  async #exchange(): Promise<string> {
    const idToken = await this.#idTokens(this.#audience, this.#send);
    const answer = await this.#send({
      method: 'POST',
      path: '/api/v1/auth/token',
      body: JSON.stringify({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: idToken,
        subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      }),
      unkeyed: { hides: idToken },
    });
    const key = textOf(answer, 'access_token');
    const seconds = isObject(answer) ? Number(answer['expires_in']) : 0;
    this.#endsAt = Date.now() + (seconds - 60) * 1000;
    return key;
  }
}

function textOf(answer: unknown, name: string): string {
  const value = isObject(answer) && answer[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new UnexpectedAnswerError({
    code: 'UNEXPECTED_ANSWER',
    message: `An answer has no ${name} where one was due.`,
  });
}
