// The one place where whatever was thrown becomes an error that callers get to see.
import { TRPCError } from '@trpc/server';
import { errorCodes, trpcErrorNames } from '@rsolv/shared/error-code';
import { invalidInput } from '@rsolv/shared/invalid-input';
import {
  DatabaseUnavailableError,
  InternalError,
  InvalidInputError,
  MethodNotAllowedError,
  PayloadTooLargeError,
  PlatformError,
  RouteNotFoundError,
  UnsupportedMediaTypeError,
} from '@rsolv/shared/platform-error';
import { ZodError } from 'zod';
import { isDatabaseUnavailable } from '../database-unavailable.ts';

/** What a caller gets to see of anything that was thrown; the original is its `cause`. */
export function toPlatformError(thrown: unknown): PlatformError {
  if (thrown instanceof PlatformError) return thrown;
  if (thrown instanceof ZodError) return invalidInput(thrown);
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
      return error.cause === undefined ? new InternalError(options) : toPlatformError(error.cause);
  }
}

/** The same as tRPC throws it, so that its HTTP status is right. */
export function toTRPCError(thrown: unknown): TRPCError {
  const error = toPlatformError(thrown);
  return new TRPCError({ code: trpcErrorNames[errorCodes[error.code].status], message: error.message, cause: error });
}
