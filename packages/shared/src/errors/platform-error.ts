// The errors of the platform, one class per code. Their messages are written for the callers who read them.
import type { ErrorCode, ErrorDetail } from './error-code.ts';

// Limits in characters: messages quote what callers sent, which may be large.
const maxMessageLength = 4000;
/** The maximum length of a detail, in characters. */
export const maxDetailLength = 500;
/** Long enough for the path of a field that is nested 200 levels deep. */
const maxPathLength = 1000;

/** How many details an error lists before it counts the rest. */
const maxDetails = 20;

/** Cuts a text that is longer than `length` characters. */
export const truncate = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;

/**
 * An error that the caller sees: code, message and details. The message says what is wrong, with which value, and what to do.
 * It never contains a secret. What the operator needs beside it is in `cause`, which goes to the log only.
 */
export abstract class PlatformError extends Error {
  abstract readonly code: ErrorCode;
  readonly details: readonly ErrorDetail[] | undefined;

  constructor(message: string, { details, ...options }: ErrorOptions & { details?: readonly ErrorDetail[] } = {}) {
    super(truncate(message, maxMessageLength), options);
    this.name = new.target.name;
    this.details = details;
  }
}

/** Thrown where fields of the input are missing or invalid. The message repeats the details. */
export class InvalidInputError extends PlatformError {
  readonly code = 'INVALID_INPUT';

  constructor(invalidFields: readonly ErrorDetail[], options?: ErrorOptions) {
    const details = limitDetails(invalidFields);
    super(details.map(({ path, message }) => `${path === '' ? 'The input' : path} ${message}`).join('; '), {
      ...options,
      details,
    });
  }
}

/** The first details, and how many more there are. */
function limitDetails(all: readonly ErrorDetail[]): ErrorDetail[] {
  // A single further detail is listed, as counting it takes a line as well.
  const listed = all.length > maxDetails + 1 ? all.slice(0, maxDetails) : all;
  const details = listed.map(({ path, message }) => ({
    path: truncate(path, maxPathLength),
    message: truncate(message, maxDetailLength),
  }));
  const omitted = all.length - listed.length;
  return omitted > 0 ? [...details, { path: '', message: `has ${omitted} more invalid fields` }] : details;
}

/** Thrown where a body is not valid JSON or UTF-8, or does not match its `Content-Encoding`. */
export class MalformedBodyError extends PlatformError {
  readonly code = 'MALFORMED_BODY';
}

/** Thrown where no such route or procedure exists. */
export class RouteNotFoundError extends PlatformError {
  readonly code = 'NOT_FOUND';
}

/** Thrown where the route exists, but does not support the method. */
export class MethodNotAllowedError extends PlatformError {
  readonly code = 'METHOD_NOT_ALLOWED';
}

/** Thrown where a customer, API key or forge account does not exist. Subclasses: record-errors.ts. */
export class RecordNotFoundError extends PlatformError {
  readonly code = 'RECORD_NOT_FOUND';
}

/** Thrown where a record exists already, belongs to another customer, or would exceed a quota. Subclasses: record-errors.ts. */
export class ConflictError extends PlatformError {
  readonly code = 'CONFLICT';
}

/** Thrown where a store with the same `Idempotency-Key` is still in progress, on this server or another. */
export class StoreInFlightError extends PlatformError {
  readonly code = 'STORE_IN_FLIGHT';

  constructor(options?: ErrorOptions) {
    super('The first store with this Idempotency-Key is still in progress. Send it again in a second.', options);
  }
}

/** Thrown where the `Idempotency-Key` was used for a different call. */
export class IdempotencyKeyReusedError extends PlatformError {
  readonly code = 'IDEMPOTENCY_KEY_REUSED';

  constructor() {
    super('This Idempotency-Key was used for a different call within the last 24 hours. Send a new key for each call.');
  }
}

/** Thrown where stored data has a value that the response can't carry. The detail names it. */
export class UnrepresentableDataError extends PlatformError {
  readonly code = 'UNREPRESENTABLE_DATA';

  constructor(value: ErrorDetail) {
    const details = limitDetails([value]);
    super(
      details.map(({ path, message }) => `${path} ${message}`).join('') +
        ". tRPC can't carry it. Retrieve the data over REST, which returns it as it was stored: GET /api/v1/phases/retrieve, or /api/v1/executions/{id} for one execution.",
      { details },
    );
  }
}

/** A limit that was exceeded. */
interface ExceededLimit {
  /** `key`, `customer`, `storage` or `failed-authentication`. */
  readonly policy: string;
  /** Calls per minute; bytes per day for the policy `storage`. */
  readonly limit: number;
  readonly resetSeconds: number;
}

/** Thrown where an API key, a customer or an address exceeds a rate limit, or a customer its daily storage quota. */
export class RateLimitedError extends PlatformError {
  readonly code = 'RATE_LIMITED';

  constructor({ policy, limit, resetSeconds }: ExceededLimit) {
    const exceeded = {
      key: `Rate limit exceeded: an API key may make ${limit} calls per minute`,
      customer: `Rate limit exceeded: a customer may make ${limit} calls per minute with all its API keys`,
      storage: `Storage quota exceeded: a customer may store ${limit} bytes per day`,
    }[policy];
    super(
      `${exceeded ?? `Rate limit exceeded: an address may make ${limit} calls per minute without a valid API key`}. ` +
        `Retry in ${resetSeconds} second${resetSeconds === 1 ? '' : 's'}.`,
    );
  }
}

/** Thrown where the body is larger than the limit. */
export class PayloadTooLargeError extends PlatformError {
  readonly code = 'PAYLOAD_TOO_LARGE';
}

/** Thrown where the `Content-Type` is not JSON, or the `Content-Encoding` is not supported. */
export class UnsupportedMediaTypeError extends PlatformError {
  readonly code = 'UNSUPPORTED_MEDIA_TYPE';
}

/** Thrown where a concurrency limit is reached, of a customer or of the server, and the queue timed out. */
export class ServerBusyError extends PlatformError {
  readonly code = 'SERVER_BUSY';

  /** @param what there is too much of, such as "concurrent calls of this customer" */
  constructor(what: string) {
    super(`The server is busy: too many ${what}. Retry in a second, with fewer calls at once.`);
  }
}

/** Thrown where the database is unavailable. The reason goes to the log, not to the caller. */
export class DatabaseUnavailableError extends PlatformError {
  readonly code = 'DATABASE_UNAVAILABLE';

  constructor(options?: ErrorOptions) {
    super('The database is unavailable. Retry in a second.', options);
  }
}

/** Thrown by the readiness check where the server is not ready; the details say why. */
export class NotReadyError extends PlatformError {
  readonly code = 'NOT_READY';

  constructor(problems: readonly ErrorDetail[]) {
    super(`Not ready: the ${problems.map(({ path, message }) => `${path} ${message}`).join('; the ')}.`, {
      details: problems,
    });
  }
}

/** Thrown where the platform itself failed. The reason goes to the log, not to the caller. */
export class InternalError extends PlatformError {
  readonly code = 'INTERNAL_ERROR';

  constructor(options?: ErrorOptions) {
    super(
      "The platform failed to process this request. If it fails again, report the request id to the platform's operator.",
      options,
    );
  }
}
