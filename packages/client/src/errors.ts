// One class for each cause of a failed call, so that callers decide by class or by `code`.
import { RsolvError } from './rsolv-error.ts';

/**
 * There is no API key and no ID token, or an API key, base URL or proxy URL is invalid. No request was sent.
 *
 * @example
 * ```ts
 * import { ConfigurationError, createClient } from '@rsolv/client';
 *
 * try {
 *   createClient({ baseUrl: 'not an address' });
 * } catch (error) {
 *   if (error instanceof ConfigurationError) console.error(error.message);
 * }
 * ```
 */
export class ConfigurationError extends RsolvError {
  override readonly name = 'ConfigurationError';
}

/** 400, 415 or another refusal of what was sent: `details` names the invalid fields. */
export class InvalidRequestError extends RsolvError {
  override readonly name = 'InvalidRequestError';
}

/** 401: the API key is missing, unknown, revoked or expired, or its customer is inactive; `code` says which. */
export class AuthenticationError extends RsolvError {
  override readonly name = 'AuthenticationError';
}

/** 403: the API key is valid, but may not access this repository or do this. */
export class AccessDeniedError extends RsolvError {
  override readonly name: string = 'AccessDeniedError';
}

/** 403: the customer has no forge account for the owner of the repository. */
export class ForgeAccountMissingError extends AccessDeniedError {
  override readonly name = 'ForgeAccountMissingError';
}

/** 403: the customer has a forge account for the owner of the repository, but it is not verified. */
export class ForgeAccountUnverifiedError extends AccessDeniedError {
  override readonly name = 'ForgeAccountUnverifiedError';
}

/** 404 or 405: there is no such route. `baseUrl` is probably not the address of the platform. */
export class RouteNotFoundError extends RsolvError {
  override readonly name = 'RouteNotFoundError';
}

/** 404: the customer has no record with this id. */
export class RecordNotFoundError extends RsolvError {
  override readonly name = 'RecordNotFoundError';
}

/** 409: the record exists already, belongs to another customer, or is no longer valid. */
export class ConflictError extends RsolvError {
  override readonly name = 'ConflictError';
}

/** 409: the platform is still processing the same store. */
export class StoreInFlightError extends RsolvError {
  override readonly name = 'StoreInFlightError';
}

/** 413: the body is larger than the limit of the platform. */
export class PayloadTooLargeError extends RsolvError {
  override readonly name = 'PayloadTooLargeError';
}

/** 422: another store was sent under the same idempotency key. */
export class IdempotencyKeyReusedError extends RsolvError {
  override readonly name = 'IdempotencyKeyReusedError';
}

/**
 * 422: what is stored has a value that this call can't carry, such as an integer beyond 2^53; `details` names it. Retrieve it
 * over REST, with `fetch` and a parser that keeps such numbers.
 */
export class UnrepresentableDataError extends RsolvError {
  override readonly name = 'UnrepresentableDataError';
}

/** 429: the rate limit was still exceeded after the last retry. */
export class RateLimitedError extends RsolvError {
  override readonly name = 'RateLimitedError';
}

/** 408, 502, 503, 504 and the like: the platform was still unavailable after the last retry. */
export class PlatformUnavailableError extends RsolvError {
  override readonly name = 'PlatformUnavailableError';
}

/** 500 and the like: a fault of the platform. Report it with the request id. */
export class PlatformFaultError extends RsolvError {
  override readonly name = 'PlatformFaultError';
}

/** No answer came, also not to the last retry: the host is unknown, or the connection was refused or closed. */
export class ConnectionError extends RsolvError {
  override readonly name = 'ConnectionError';
}

/** The timeout of the call, which covers all of its retries, has passed. */
export class TimeoutError extends RsolvError {
  override readonly name = 'TimeoutError';
}

/** The caller's `AbortSignal` ended the call; `cause` is the signal's reason. */
export class CancelledError extends RsolvError {
  override readonly name = 'CancelledError';
}

/** Something other than the platform answered: a proxy, a firewall, or another service. */
export class UnexpectedAnswerError extends RsolvError {
  override readonly name = 'UnexpectedAnswerError';
}
