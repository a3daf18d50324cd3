// The API key of a workflow that has none stored: its ID token is exchanged for a key that is valid for a quarter of an hour.
import { ConfigurationError, UnexpectedAnswerError } from './errors.ts';
import { findIdTokens, textOf, type IdTokens, type Send } from './id-tokens.ts';
import { isObject } from './is-object.ts';
import { isHeaderText } from './resolve-options.ts';

/** Exchanges ID tokens for keys, and keeps the newest key. */
export class WorkflowKey {
  readonly #idTokens: IdTokens;
  readonly #audience: string;
  readonly #send: Send;
  #key: Promise<string> | undefined;
  #newest: string | undefined;
  /** When the key has to be renewed, in milliseconds since 1970. */
  #renewsAt = 0;

  private constructor(idTokens: IdTokens, audience: string, send: Send) {
    this.#idTokens = idTokens;
    this.#audience = audience;
    this.#send = send;
  }

  /** Undefined where this is no workflow with ID tokens. */
  static find(audience: string, send: Send): WorkflowKey | undefined {
    const idTokens = findIdTokens();
    return idTokens && new WorkflowKey(idTokens, audience, send);
  }

  /** The key, renewed a minute before it expires. Concurrent calls share an exchange. */
  current(): Promise<string> {
    if (this.#key && Date.now() < this.#renewsAt) return this.#key;
    this.#renewsAt = Infinity;
    this.#key = this.#exchange().catch((thrown: unknown) => {
      this.#key = undefined;
      throw thrown;
    });
    return this.#key;
  }

  /** Forgets a key that the platform refuses, so that the next call gets another. */
  drop(key: string): void {
    if (key === this.#newest) this.#key = undefined;
  }

  async #exchange(): Promise<string> {
    if (this.#idTokens.isSingle && this.#newest !== undefined) throw usedUp();
    const answer = await this.#send({
      method: 'POST',
      path: '/api/v1/auth/token',
      // A token is accepted once. Where the answer was lost, the platform may have accepted it, so each attempt has its own.
      prepare: async () => {
        const idToken = await this.#idTokens.get(this.#audience, this.#send);
        return { body: exchangeOf(idToken), credentials: { secret: idToken } };
      },
    });
    const key = textOf(answer, 'access_token');
    const seconds = isObject(answer) ? answer['expires_in'] : undefined;
    if (!isHeaderText(key) || typeof seconds !== 'number') throw noKey();
    // The only key there is lasts until the platform refuses it: the clock of this machine may have been corrected since.
    this.#renewsAt = this.#idTokens.isSingle ? Infinity : Date.now() + (seconds - 60) * 1000;
    this.#newest = key;
    return key;
  }
}

const exchangeOf = (idToken: string): string =>
  JSON.stringify({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: idToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
  });

const noKey = () => new UnexpectedAnswerError({ code: 'UNEXPECTED_ANSWER', message: 'The answer has no API key.' });

const usedUp = () =>
  new ConfigurationError({
    code: 'CONFIGURATION',
    message:
      'The ID token in RSOLV_ID_TOKEN is valid once, and the key that it was exchanged for is no longer valid. ' +
      'Move what is left to a job of its own.',
  });
