// The one place where whatever was thrown becomes an error that callers get to see.
import { TRPCError, type TRPC_ERROR_CODE_KEY } from '@trpc/server';
import { errorCodes } from '@rsolv/shared/error-code';
import { ZodError, type core } from 'zod';
import { isDatabaseUnavailable } from '../database-unavailable.ts';
import {
  DatabaseUnavailableError,
  InternalError,
  InvalidInputError,
  MethodNotAllowedError,
  PayloadTooLargeError,
  PlatformError,
  RouteNotFoundError,
  UnsupportedMediaTypeError,
} from '../errors.ts';
import { formatPath } from './format-path.ts';

/** What a caller gets to see of anything that was thrown; the original is its `cause`. */
export function toPlatformError(thrown: unknown): PlatformError {
  if (thrown instanceof PlatformError) return thrown;
  if (thrown instanceof ZodError) return new InvalidInputError(thrown.issues.map(toDetail), { cause: thrown });
  if (thrown instanceof TRPCError) return fromTRPCError(thrown);
  return isDatabaseUnavailable(thrown)
    ? new DatabaseUnavailableError({ cause: thrown })
    : new InternalError({ cause: thrown });
}

function fromTRPCError(error: TRPCError): PlatformError {
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
    case 'BAD_REQUEST':
      return error.cause === undefined
        ? new InvalidInputError([{ path: '', message: error.message }], options)
        : toPlatformError(error.cause);
    default:
      // Output that is not what its schema says is the platform's fault, not the caller's.
      return error.cause === undefined || error.cause instanceof ZodError
        ? new InternalError(options)
        : toPlatformError(error.cause);
  }
}

function toDetail(issue: core.$ZodIssue) {
  return { path: formatPath(issue.path), message: issue.message };
}

const trpcCodes: Record<(typeof errorCodes)[keyof typeof errorCodes]['status'], TRPC_ERROR_CODE_KEY> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'UNPROCESSABLE_CONTENT',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
};

/** The same as tRPC throws it, so that its HTTP status is right. */
export function toTRPCError(thrown: unknown): TRPCError {
  const error = toPlatformError(thrown);
  return new TRPCError({ code: trpcCodes[errorCodes[error.code].status], message: error.message, cause: error });
}
