import type { ErrorClasses } from './error-of-answer.ts';
import type { CallOptions } from './options.ts';

/** One call of the platform. */
export interface Call {
  readonly method: 'GET' | 'POST';
  /** The path after the base URL, with its query; or a whole address elsewhere. */
  readonly path: string;
  readonly body?: string;
  /** The same for all attempts, so that the platform stores once. */
  readonly idempotencyKey?: string;
  /** The repository that the call is about, for error messages. */
  readonly repo?: string;
  /** The error classes of codes that only this call is answered with. */
  readonly classes?: ErrorClasses;
  readonly options?: CallOptions | undefined;
  /** Whether a JSON value is the platform's answer to this call. Default: every value is. */
  readonly isAnswer?: (json: unknown) => boolean;
  /** What the call is authenticated with in place of the API key. */
  readonly credentials?: Credentials;
  /** Makes the body and credentials of each attempt anew, where they are valid only once. */
  readonly prepare?: () => Promise<{ readonly body: string; readonly credentials: Credentials }>;
}

/** What a call is authenticated with in place of the API key. */
export interface Credentials {
  /** For the header `Authorization`; undefined where the body holds the secret. */
  readonly bearer?: string;
  /** What no error, log line or event may show. */
  readonly secret: string;
}
