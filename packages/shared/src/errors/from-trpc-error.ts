// What goes wrong in tRPC itself, in callers' words, and callers' statuses in tRPC's words.
import { ZodError } from 'zod';
import type { ErrorCode, errorCodes } from './error-code.ts';
import {
  InternalError,
  InvalidInputError,
  MethodNotAllowedError,
  PayloadTooLargeError,
  PlatformError,
  RouteNotFoundError,
  UnsupportedMediaTypeError,
} from './platform-error.ts';

/** The part of a TRPCError that says what went wrong. */
export interface TrpcFailure {
  readonly code: string;
  readonly message: string;
  readonly cause?: unknown;
}

/**
 * What callers are told of an error that tRPC threw.
 *
 * @param translate for what it was thrown for
 */
export function fromTrpcError(error: TrpcFailure, translate: (cause: unknown) => PlatformError): PlatformError {
  if (error.cause instanceof PlatformError) return error.cause;
  const options = { cause: error };
  switch (error.code) {
    case 'NOT_FOUND':
      return new RouteNotFoundError(`${error.message}.`, options);
    case 'METHOD_NOT_SUPPORTED':
      return new MethodNotAllowedError(error.message, options);
    case 'PAYLOAD_TOO_LARGE':
      return new PayloadTooLargeError(error.message, options);
    case 'UNSUPPORTED_MEDIA_TYPE':
      return new UnsupportedMediaTypeError('Send the input as application/json.', options);
    case 'PARSE_ERROR':
      // The one part of a URL that tRPC reads by itself. What its cause quotes of it may be a key.
      return new InvalidInputError([{ path: 'connectionParams', message: 'are not read here; leave them out' }]);
    case 'BAD_REQUEST':
      return error.cause === undefined
        ? new InvalidInputError([{ path: '', message: error.message }], options)
        : translate(error.cause);
    default:
      // Output that is not what its schema says is the platform's fault, not the caller's.
      return error.cause === undefined || error.cause instanceof ZodError
        ? new InternalError(options)
        : translate(error.cause);
  }
}

/** The statuses that errors have, by tRPC's names for them. */
export const trpcErrorCodes = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'UNPROCESSABLE_CONTENT',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<(typeof errorCodes)[ErrorCode]['status'], string>;
