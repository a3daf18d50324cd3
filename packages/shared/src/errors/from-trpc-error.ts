// Converts errors of tRPC to errors of the platform, and HTTP statuses to the codes of tRPC.
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

/** The part of a `TRPCError` that is needed here. The type keeps tRPC out of this package. */
export interface TrpcFailure {
  readonly code: string;
  readonly message: string;
  readonly cause?: unknown;
}

/**
 * Converts an error that tRPC threw.
 *
 * @param translate converts the error's cause, where a procedure or a schema threw it
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
      return new UnsupportedMediaTypeError(
        'The Content-Type is not supported; send the input as application/json.',
        options,
      );
    case 'PARSE_ERROR':
      // tRPC parses this query parameter itself. The cause is dropped because it quotes the parameter, which may hold a key.
      return new InvalidInputError([{ path: 'connectionParams', message: 'is not supported; leave it out' }]);
    case 'BAD_REQUEST':
      return error.cause === undefined
        ? new InvalidInputError([{ path: '', message: error.message }], options)
        : translate(error.cause);
    default:
      // A ZodError with this code is about an output, which is an error of the platform.
      return error.cause === undefined || error.cause instanceof ZodError
        ? new InternalError(options)
        : translate(error.cause);
  }
}

/** The code that tRPC uses for each HTTP status of an error. */
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
