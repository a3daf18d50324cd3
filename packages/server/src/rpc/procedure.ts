import { initTRPC, TRPCError } from '@trpc/server';
import type { AuditAction } from '@rsolv/shared/contract/audit-event';
import { openProcedures } from '@rsolv/shared/contract/routes/routes';
import { errorResponse } from '@rsolv/shared/errors/error-response';
import { errorCodes, type ErrorCode, type ErrorDetail } from '@rsolv/shared/errors/error-code';
import { MalformedBodyError, type PlatformError } from '@rsolv/shared/errors/platform-error';
import { actorOf, authenticate } from '../access/authenticate.ts';
import { findCustomer } from '../accounts/find-customer.ts';
import { smallResponseBytes } from '../limits/response-budget.ts';
import { CallRecord } from './call-record.ts';
import type { Context } from './context.ts';
import { admit, begin, settle, withoutKey } from './limit-calls.ts';
import { toPlatformError, toTRPCError } from './platform-error.ts';
import { transformer } from './transformer.ts';

/** What tRPC callers find in an error's `data.error`: the same as in a REST error's body. */
export interface ErrorFacts {
  readonly code: ErrorCode;
  readonly details?: readonly ErrorDetail[];
}

/** What is known of a procedure beside what it does. */
export interface Meta {
  /** What a call is recorded as. */
  readonly action: AuditAction;
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    transformer,
    isDev: false,
    errorFormatter: ({ shape, error, ctx }) => {
      const { code, message, details } = toPlatformError(error);
      const facts: ErrorFacts = details === undefined ? { code } : { code, details };
      return { ...shape, message, data: { ...shape.data, error: facts, requestId: ctx?.requestId } };
    },
  });

export const { router } = t;

/**
 * What surrounds every call, over REST and tRPC alike: it is admitted, its input read, its error translated, and what it
 * did recorded. One step rather than one for each, since each step of a procedure costs as much as it does.
 */
const guard = t.middleware(async ({ ctx: given, path, type, meta, getRawInput, next }) => {
  const isOpen = openProcedures.has(path);
  const ctx = isOpen ? withoutKey(given) : given;
  const measure = ctx.platform.metrics.call(path);
  const admission = await admit(ctx, measure);
  const record = new CallRecord(ctx, type === 'query' ? meta?.action : undefined);
  const unreadable = (type === 'query' ? undefined : ctx.inputFailure) ?? (await findInputFault(getRawInput));
  measure.inputRead();
  const begun = unreadable ?? (await begin(ctx, admission));
  const span = ctx.platform.tracing?.call(path);
  const proceed = () => next({ ctx: { act: record, measure } });
  const result = typeof begun === 'function' ? await (span === undefined ? proceed() : span.run(proceed)) : undefined;
  if (typeof begun === 'function') begun();
  if (result?.ok === true) {
    span?.end();
    measure.end('succeeded');
    record.end(ctx.platform.auditTrail);
    settle(ctx, admission);
    return result;
  }
  const thrown = result === undefined ? begun : result.error;
  const error = isOpen ? toPlatformError(thrown) : await translate(ctx, thrown);
  span?.end(error.code);
  measure.end(errorCodes[error.code].status < 500 ? 'refused' : 'failed');
  record.end(ctx.platform.auditTrail, { code: error.code, action: meta?.action });
  settle(ctx, admission, { error, isOpen });
  const retryAfter = errorResponse(error, ctx.requestId).headers['Retry-After'];
  if (retryAfter !== undefined) ctx.setHeader('Retry-After', retryAfter);
  throw toTRPCError(error);
});

/** Why the input can't be read; asked before its schema does, to tell that from a fault of the platform. */
async function findInputFault(getRawInput: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await getRawInput();
    return undefined;
  } catch (thrown) {
    return isSyntaxError(thrown)
      ? new MalformedBodyError('The input is not JSON.', { cause: thrown })
      : toPlatformError(thrown);
  }
}

const isSyntaxError = (thrown: unknown) =>
  thrown instanceof SyntaxError || (thrown instanceof TRPCError && thrown.cause instanceof SyntaxError);

/** Of errors about the input, which come before anybody has asked who calls. */
const inputStatuses = new Set<number>([400, 413, 415]);

/**
 * What the caller gets to hear. Operations find out themselves who calls, within their own statement; input that is
 * refused never gets there, so its caller is looked up here, and a stranger hears 401 rather than what a good input
 * looks like.
 */
async function translate({ platform, caller }: Context, thrown: unknown): Promise<PlatformError> {
  const error = toPlatformError(thrown);
  if (!inputStatuses.has(errorCodes[error.code].status)) return error;
  return authenticate(platform.database.kysely, caller).then(() => error, toPlatformError);
}

/** What every procedure begins with: what it is recorded as. */
export const procedure = (action: AuditAction) => t.procedure.meta({ action }).use(guard);

/** What lists takes room for what it answers, which is little by itself and much in a batch. */
export const listing = t.middleware(async ({ ctx, next }) => {
  const result = await next();
  const owner = ctx.keyOwner();
  if (!result.ok || owner === undefined) return result;
  const bytes = JSON.stringify(result.data).length;
  if (bytes > smallResponseBytes) await ctx.room.reserve(owner.customerId, bytes);
  return result;
});

/** What a customer administers itself with: a key with the scope `manage`. */
export const managing = (action: AuditAction) =>
  procedure(action).use(async ({ ctx, next }) => {
    const { database } = ctx.platform;
    const identity = await authenticate(database.kysely, ctx.caller, 'manage');
    const em = database.fork();
    const customer = await findCustomer(em, identity.customerId);
    return next({ ctx: { em, customer, by: actorOf(ctx.caller, identity) } });
  });
