// Every way in which a call can fail: one class per cause, so that callers decide by class or by `code`.
import type { ErrorCode } from '@rsolv/shared/errors/error-code';

/** What only the client can find out; the platform's own codes come beside these. */
export type ClientErrorCode =
  | 'CONFIGURATION'
  | 'CONNECTION_FAILED'
  | 'TIMED_OUT'
  | 'CANCELLED'
  | 'UNEXPECTED_ANSWER'
  | `HTTP_${number}`;

/** The code of an error: the platform's, the client's, or one of a platform newer than this client. */
export type RsolvErrorCode = ErrorCode | ClientErrorCode | (string & {});

/** One field at fault. */
export interface ErrorDetail {
  /** Where it is, as in `data.vulnerabilities[3].line`. */
  readonly path: string;
  readonly message: string;
}

/** What an error knows. */
export interface ErrorFacts {
  readonly code: RsolvErrorCode;
  readonly message: string;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly retryable?: boolean | undefined;
  readonly details?: readonly ErrorDetail[] | undefined;
  readonly cause?: unknown;
}

/** Shared by every copy of this package in a process: a bundled action and its test may each bring one. */
const brand = Symbol.for('@rsolv/client/error');

/** What every error of this package is. Its message says what is wrong and what to do; it never holds an API key. */
export class RsolvError extends Error {
  // Spelled out in every class: minifiers rename classes.
  override readonly name: string = 'RsolvError';
  // Declared alone, as the constructor sets each of them.
  /** What a program decides by. */
  declare readonly code: RsolvErrorCode;
  /** The answer's HTTP status; undefined where no answer came. */
  declare readonly status: number | undefined;
  /** Finds the request in the platform's log. */
  declare readonly requestId: string | undefined;
  /** Whether the same call may succeed later, with nothing changed. */
  declare readonly retryable: boolean;
  /** The fields at fault, where the platform named them. */
  declare readonly details: readonly ErrorDetail[];

  constructor({ code, message, status, requestId, retryable = false, details = [], cause }: ErrorFacts) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.retryable = retryable;
    this.details = details;
    Object.defineProperty(this, brand, { value: true });
  }
}

/**
 * Whether a value is an error of this package, also of another copy of it.
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

/** There is no API key, or the key or address can't be one. No request was made. */
export class ConfigurationError extends RsolvError {
  override readonly name = 'ConfigurationError';
}

/** 400, 415 and other refusals of what was sent: `details` names the fields at fault. */
export class InvalidRequestError extends RsolvError {
  override readonly name = 'InvalidRequestError';
}

/** 401: no key, or one that is unknown, revoked, expired, or of an inactive customer; `code` says which. */
export class AuthenticationError extends RsolvError {
  override readonly name = 'AuthenticationError';
}

/** 403: the key is good, but its customer may not reach this repository. */
export class AccessDeniedError extends RsolvError {
  override readonly name: string = 'AccessDeniedError';
}

/** 403: the customer has no forge account for the repository's owner. */
export class ForgeAccountMissingError extends AccessDeniedError {
  override readonly name = 'ForgeAccountMissingError';
}

/** 403: the customer has that forge account, but it is not verified. */
export class ForgeAccountUnverifiedError extends AccessDeniedError {
  override readonly name = 'ForgeAccountUnverifiedError';
}

/** 404 or 405: the address has no such route, so `baseUrl` is probably not the platform's. */
export class RouteNotFoundError extends RsolvError {
  override readonly name = 'RouteNotFoundError';
}

/** 404: the customer has nothing of this id. */
export class RecordNotFoundError extends RsolvError {
  override readonly name = 'RecordNotFoundError';
}

/** 409: there is one already, or it is somebody else's, or it counts no longer. */
export class ConflictError extends RsolvError {
  override readonly name = 'ConflictError';
}

/** 409: the same store is still being carried out. */
export class StoreInFlightError extends RsolvError {
  override readonly name = 'StoreInFlightError';
}

/** 413: the body is larger than the platform's limit. */
export class PayloadTooLargeError extends RsolvError {
  override readonly name = 'PayloadTooLargeError';
}

/** 422: another store was sent under the same idempotency key. */
export class IdempotencyKeyReusedError extends RsolvError {
  override readonly name = 'IdempotencyKeyReusedError';
}

/** 429, still after every retry. */
export class RateLimitedError extends RsolvError {
  override readonly name = 'RateLimitedError';
}

/** 408, 502, 503 or 504, still after every retry. */
export class PlatformUnavailableError extends RsolvError {
  override readonly name = 'PlatformUnavailableError';
}

/** 500 and the like: a fault of the platform, to report with its request id. */
export class PlatformFaultError extends RsolvError {
  override readonly name = 'PlatformFaultError';
}

/** No answer came, still after every retry: no such host, connection refused or cut. */
export class ConnectionError extends RsolvError {
  override readonly name = 'ConnectionError';
}

/** The call's time was up, all tries together. */
export class TimeoutError extends RsolvError {
  override readonly name = 'TimeoutError';
}

/** The caller's AbortSignal ended the call; `cause` is the signal's reason. */
export class CancelledError extends RsolvError {
  override readonly name = 'CancelledError';
}

/** What answered is not the platform: a redirect, or an answer that is not what the platform sends. */
export class UnexpectedAnswerError extends RsolvError {
  override readonly name = 'UnexpectedAnswerError';
}
