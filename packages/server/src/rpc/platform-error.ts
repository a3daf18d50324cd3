// The one place where anything that was thrown becomes an error that callers see.
import { TRPCError } from '@trpc/server';
import { errorCodes } from '@rsolv/shared/errors/error-code';
import { toInvalidInputError } from '@rsolv/shared/errors/to-invalid-input-error';
import { DatabaseUnavailableError, InternalError, PlatformError } from '@rsolv/shared/errors/platform-error';
import { fromTrpcError, trpcErrorCodes } from '@rsolv/shared/errors/from-trpc-error';
import { ZodError } from 'zod';
import { isDatabaseUnavailable } from '../database/unavailable.ts';

/** What a caller sees of anything that was thrown. The original is its `cause`, or the `cause` of a TRPCError. */
export function toPlatformError(thrown: unknown): PlatformError {
  if (thrown instanceof PlatformError) return thrown;
  if (thrown instanceof ZodError) return toInvalidInputError(thrown);
  if (thrown instanceof TRPCError) return fromTrpcError(thrown, toPlatformError);
  return isDatabaseUnavailable(thrown)
    ? new DatabaseUnavailableError({ cause: thrown })
    : new InternalError({ cause: thrown });
}

/** Wraps an error for tRPC, which derives the HTTP status from its code. */
export const toTRPCError = (error: PlatformError): TRPCError =>
  new TRPCError({ code: trpcErrorCodes[errorCodes[error.code].status], message: error.message, cause: error });
