import type { ErrorCode } from '@rsolv/shared/errors/error-code';

/** Codes that the client sets itself, beside those that the platform sends. `HTTP_…` names a status that came without a code. */
export type ClientErrorCode =
  | 'CONFIGURATION'
  | 'CONNECTION_FAILED'
  | 'TIMED_OUT'
  | 'CANCELLED'
  | 'UNEXPECTED_ANSWER'
  | `HTTP_${number}`;

/** The code of an error: the platform's, the client's, or one of a platform that is newer than this client. */
export type RsolvErrorCode = ErrorCode | ClientErrorCode | (string & {});

/** One invalid field of a request. */
export interface ErrorDetail {
  /** Where the field is, for example `data.vulnerabilities[3].line`. */
  readonly path: string;
  /** What is wrong with it. */
  readonly message: string;
}

/** What an error is made of. */
export interface ErrorFacts {
  readonly code: RsolvErrorCode;
  readonly message: string;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly retryable?: boolean | undefined;
  readonly details?: readonly ErrorDetail[] | undefined;
  readonly cause?: unknown;
}

/** Shared by every copy of this package in a process: a bundled action and its tests may each bring one. */
const brand = Symbol.for('@rsolv/client/error');

/**
 * The base class of every error of this package. Its message says what is wrong and what to do. No error holds an API key.
 *
 * @example
 * ```ts
 * import { createClient, RsolvError } from '@rsolv/client';
 *
 * try {
 *   await createClient().whoami.query();
 * } catch (error) {
 *   if (error instanceof RsolvError) console.error(error.code, error.requestId, error.message);
 *   throw error;
 * }
 * ```
 */
export class RsolvError extends Error {
  /** The name of the class. Written out in every class, since minifiers rename classes. */
  override readonly name: string = 'RsolvError';
  // Declared alone, as the constructor sets each of them.
  /** What a program decides by, for example `FORGE_ACCOUNT_MISSING`. */
  declare readonly code: RsolvErrorCode;
  /** The HTTP status of the answer; undefined where no answer came. */
  declare readonly status: number | undefined;
  /** The id under which the platform logged the request. */
  declare readonly requestId: string | undefined;
  /** Whether the same call may succeed later without a change. */
  declare readonly retryable: boolean;
  /** The invalid fields, where the platform named them. */
  declare readonly details: readonly ErrorDetail[];

  constructor({ code, message, status, requestId, retryable = false, details = [], cause }: ErrorFacts) {
    super(message, cause === undefined ? undefined : { cause });
    // Enumerable, so that JSON.stringify writes it too.
    Object.defineProperty(this, 'message', { value: message, enumerable: true });
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.retryable = retryable;
    this.details = details;
    Object.defineProperty(this, brand, { value: true });
  }
}

/**
 * Whether a value is an error of this package, also one of another copy of it in the same process.
 *
 * @example
 * ```ts
 * import { createClient, isRsolvError } from '@rsolv/client';
 *
 * try {
 *   await createClient().whoami.query();
 * } catch (error) {
 *   if (!isRsolvError(error) || !error.retryable) throw error;
 * }
 * ```
 */
export function isRsolvError(value: unknown): value is RsolvError {
  return typeof value === 'object' && value !== null && brand in value;
}
