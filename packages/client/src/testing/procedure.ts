// The middleware of all procedures in memory: authentication, input parsing and error conversion.
import { expiresSoon, keyExpiresHeader } from '@rsolv/shared/contract/api-key';
import { errorCodes } from '@rsolv/shared/errors/error-code';
import { fromTrpcError, trpcErrorCodes } from '@rsolv/shared/errors/from-trpc-error';
import { InternalError, MalformedBodyError, PlatformError } from '@rsolv/shared/errors/platform-error';
import { toInvalidInputError } from '@rsolv/shared/errors/to-invalid-input-error';
import { fromSuperjson, toSuperjson } from '@rsolv/shared/json/superjson-envelope';
import { initTRPC, TRPCError } from '@trpc/server';
import { ZodError } from 'zod';
import { requireScope } from './access.ts';
import type { Customers } from './customers.ts';
import type { Executions } from './executions.ts';
import type { KeyedMutations } from './keyed-mutations.ts';
import type { Caller } from './records.ts';

/** The context of a procedure call. */
export interface Context {
  readonly customers: Customers;
  readonly executions: Executions;
  readonly keyedMutations: KeyedMutations;
  readonly now: () => Date;
  /** The address of the platform. */
  readonly publicUrl: string;
  readonly apiKey: string | undefined;
  readonly idempotencyKey: string | null;
  /** Whether the response can carry all of JSON, as REST does. tRPC's superjson carries doubles, and no key `__proto__`. */
  readonly carriesAnyJson: boolean;
  readonly requestId: string;
  readonly setHeader: (name: string, value: string) => void;
  /** An error in the headers or body that was found before the input is parsed. */
  readonly inputError: PlatformError | undefined;
}

/** Converts anything thrown to the error that the caller receives. */
export function toPlatformError(thrown: unknown): PlatformError {
  if (thrown instanceof PlatformError) return thrown;
  if (thrown instanceof ZodError) return toInvalidInputError(thrown);
  if (thrown instanceof TRPCError) return fromTrpcError(thrown, toPlatformError);
  return new InternalError({ cause: thrown });
}

function toTRPCError(thrown: unknown): TRPCError {
  const error = toPlatformError(thrown);
  return new TRPCError({ code: trpcErrorCodes[errorCodes[error.code].status], message: error.message, cause: error });
}

const superjson = { serialize: toSuperjson, deserialize: fromSuperjson };

const t = initTRPC.context<Context>().create({
  transformer: { input: superjson, output: superjson },
  isDev: false,
  // Also in a test environment that imitates a browser.
  isServer: true,
  errorFormatter: ({ shape, error, ctx }) => {
    const { code, message, details } = toPlatformError(error);
    const facts = details === undefined ? { code } : { code, details };
    return { ...shape, message, data: { ...shape.data, error: facts, requestId: ctx?.requestId } };
  },
});

export const { router } = t;

/** Starts a procedure that needs an API key: authenticates first, then reads the input. */
export const procedure = t.procedure.use(async ({ ctx, type, getRawInput, next }) => {
  let caller: Caller;
  try {
    caller = ctx.customers.identify(ctx.apiKey);
    const { expiresAt } = caller.apiKey;
    if (expiresSoon(expiresAt, ctx.now())) ctx.setHeader(keyExpiresHeader, expiresAt.toISOString());
    ctx.customers.requireValid(caller);
    if (ctx.inputError !== undefined && type === 'mutation') throw ctx.inputError;
    await getRawInput();
  } catch (thrown) {
    throw toTRPCError(isSyntaxError(thrown) ? new MalformedBodyError('The input is not JSON.') : thrown);
  }
  const result = await next({ ctx: { ...ctx, caller } });
  if (result.ok) return result;
  throw toTRPCError(result.error);
});

const isSyntaxError = (thrown: unknown) =>
  thrown instanceof SyntaxError || (thrown instanceof TRPCError && thrown.cause instanceof SyntaxError);

/** Starts a procedure that takes an ID token instead of an API key. */
export const openProcedure = t.procedure.use(async ({ ctx, next }) => {
  if (ctx.inputError !== undefined) throw toTRPCError(ctx.inputError);
  const result = await next();
  if (result.ok) return result;
  throw toTRPCError(result.error);
});

/** Starts a procedure that administers the caller's customer. It requires the scope `manage`. */
export const managing = procedure.use(({ ctx, next }) => {
  requireScope(ctx.caller.apiKey, 'manage');
  return next({ ctx: { ...ctx, customer: ctx.caller.customer } });
});

/** Starts a procedure that reads reports. It requires a scope that may read them. */
export const reporting = procedure.use(({ ctx, next }) => {
  requireScope(ctx.caller.apiKey, 'phases:read', 'reports:read');
  return next({ ctx });
});
