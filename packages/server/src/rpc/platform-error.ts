// The one place where whatever was thrown becomes an error that callers get to see.
import { TRPCError } from '@trpc/server';
import { errorCodes } from '@rsolv/shared/errors/error-code';
import { toInvalidInputError } from '@rsolv/shared/errors/to-invalid-input-error';
import { DatabaseUnavailableError, InternalError, PlatformError } from '@rsolv/shared/errors/platform-error';
import { fromTrpcError, trpcErrorCodes } from '@rsolv/shared/errors/from-trpc-error';
import { ZodError } from 'zod';
import { isDatabaseUnavailable } from '../database/unavailable.ts';

/** What a caller gets to see of anything that was thrown; the original is its `cause`. */
export function toPlatformError(thrown: unknown): PlatformError {
  if (thrown instanceof PlatformError) return thrown;
  if (thrown instanceof ZodError) return toInvalidInputError(thrown);
  if (thrown instanceof TRPCError) return fromTrpcError(thrown, toPlatformError);
  return isDatabaseUnavailable(thrown)
    ? new DatabaseUnavailableError({ cause: thrown })
    : new InternalError({ cause: thrown });
}

/** The same as tRPC throws it, so that its HTTP status is right. */
export function toTRPCError(thrown: unknown): TRPCError {
  const error = toPlatformError(thrown);
  return new TRPCError({ code: trpcErrorCodes[errorCodes[error.code].status], message: error.message, cause: error });
}
