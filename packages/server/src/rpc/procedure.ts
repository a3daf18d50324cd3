import { initTRPC, TRPCError } from '@trpc/server';
import { expiresSoon, keyExpiresHeader } from '@rsolv/shared/contract/api-key';
import type { AuditAction } from '@rsolv/shared/contract/audit-event';
import { openProcedures } from '@rsolv/shared/contract/routes/routes';
import { errorResponse } from '@rsolv/shared/errors/error-response';
import { errorCodes, type ErrorCode, type ErrorDetail } from '@rsolv/shared/errors/error-code';
import { MalformedBodyError, PlatformError } from '@rsolv/shared/errors/platform-error';
import { authenticate } from '../access/authenticate.ts';
import { findCustomer } from '../accounts/find-customer.ts';
import { smallResponseBytes } from '../limits/response-budget.ts';
import type { RateLimitDecision } from '../limits/rate-limits.ts';
import { CallAudit } from './call-audit.ts';
import { acquireCallSlot, checkRateLimits, settleRateLimits, withoutKey, type FailedCall } from './call-limits.ts';
import type { Context } from './context.ts';
import { toPlatformError, toTRPCError } from './platform-error.ts';
import { transformer } from './transformer.ts';

/** The `data.error` of a tRPC error: the same as in the body of a REST error. */
export interface ErrorFacts {
  readonly code: ErrorCode;
  readonly details?: readonly ErrorDetail[];
}

/** The metadata of a procedure. */
export interface Meta {
  /** What a call is recorded as in the audit. */
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
 * Surrounds every call, over REST and tRPC alike: checks limits, reads the input, translates the error, and records the
 * call. It is one middleware, since each middleware of tRPC costs as much as all of this.
 */
const guard = t.middleware(async ({ ctx: sent, path, type, meta, getRawInput, next }) => {
  const isOpen = openProcedures.has(path);
  const ctx = isOpen ? withoutKey(sent) : sent;
  const { platform, principal } = ctx;
  const timer = platform.metrics.call(path);
  const decision = await checkRateLimits(ctx);
  if (decision instanceof PlatformError) {
    timer.end(outcomeOf(decision));
    throw toTRPCError(decision);
  }
  const audit = new CallAudit(principal, type === 'query' ? meta?.action : undefined);
  const inputError = (type === 'query' ? undefined : ctx.inputError) ?? (await findInputError(getRawInput));
  timer.inputRead();
  const slot = inputError === undefined ? await acquireCallSlot(ctx, decision) : undefined;
  const span = platform.tracing?.call(path);
  let failure: unknown = inputError ?? slot;
  if (typeof slot === 'function') {
    const run = () => next({ ctx: { principal, audit, timer } });
    const result = await (span === undefined ? run() : span.run(run));
    slot();
    if (result.ok) {
      span?.end();
      timer.end('succeeded');
      audit.record(platform.auditTrail);
      settle(ctx, decision);
      return result;
    }
    failure = result.error;
  }
  const error = isOpen ? toPlatformError(failure) : await authenticateFirst(ctx, toPlatformError(failure));
  span?.end(error.code);
  timer.end(outcomeOf(error));
  audit.record(platform.auditTrail, { code: error.code, action: meta?.action });
  settle(ctx, decision, { error, isOpen });
  const retryAfter = errorResponse(error, ctx.requestId).headers['Retry-After'];
  if (retryAfter !== undefined) ctx.setHeader('Retry-After', retryAfter);
  throw toTRPCError(error);
});

const outcomeOf = ({ code }: PlatformError) => (errorCodes[code].status < 500 ? 'refused' : 'failed');

/** Why the input cannot be read. Found before the schema reads it, to tell a mistake of the caller from a failure. */
async function findInputError(getRawInput: () => Promise<unknown>): Promise<unknown> {
  try {
    await getRawInput();
    return undefined;
  } catch (thrown) {
    return isSyntaxError(thrown) ? new MalformedBodyError('The input is not JSON.', { cause: thrown }) : thrown;
  }
}

const isSyntaxError = (thrown: unknown) =>
  thrown instanceof SyntaxError || (thrown instanceof TRPCError && thrown.cause instanceof SyntaxError);

/** The statuses of errors about the input. They occur before an operation has authenticated the principal. */
const inputStatuses = new Set<number>([400, 413, 415]);

/**
 * Operations authenticate the principal within their own statement, which an invalid input never reaches. Therefore it is
 * authenticated here: without a valid key the caller gets 401, and learns nothing about the input.
 */
async function authenticateFirst({ platform, principal }: Context, error: PlatformError): Promise<PlatformError> {
  if (!inputStatuses.has(errorCodes[error.code].status)) return error;
  return authenticate(platform.database.kysely, principal).then(() => error, toPlatformError);
}

/** Tells the limits, the key's last use and the caller what the call has found out about the key. */
function settle(ctx: Context, decision: RateLimitDecision, failed?: FailedCall): void {
  settleRateLimits(ctx, decision, failed);
  const { platform, principal, setHeader } = ctx;
  const { identity, isWorkflow } = principal;
  if (identity === undefined) return;
  platform.keyUses.note(identity);
  const { keyExpiresAt } = identity;
  // Workflows renew their keys by themselves.
  if (!isWorkflow && expiresSoon(keyExpiresAt, new Date())) setHeader(keyExpiresHeader, keyExpiresAt.toISOString());
}

/** Starts a procedure. Whether it needs an API key, the route table says. */
export const procedure = (action: AuditAction) => t.procedure.meta({ action }).use(guard);

/** Reserves memory for the response of a list: little by itself, but a batch may ask for many. */
export const listing = t.middleware(async ({ ctx, next }) => {
  const result = await next();
  if (!result.ok) return result;
  const bytes = JSON.stringify(result.data).length;
  if (bytes > smallResponseBytes) await ctx.reservation.reserve(ctx.principal.requireIdentity().customerId, bytes);
  return result;
});

/** Starts a procedure with which a customer administers itself. It needs a key with the scope `manage`. */
export const managing = (action: AuditAction) =>
  procedure(action).use(async ({ ctx, next }) => {
    const { database } = ctx.platform;
    const { customerId } = await authenticate(database.kysely, ctx.principal, 'manage');
    const em = database.fork();
    const customer = await findCustomer(em, customerId);
    return next({ ctx: { em, customer, by: ctx.principal.actor() } });
  });

/** Starts a procedure that reads reports. It needs a key with a scope that may read them. */
export const reporting = (action: AuditAction) =>
  procedure(action).use(async ({ ctx, next }) => {
    const { database } = ctx.platform;
    return next({ ctx: { rights: await authenticate(database.kysely, ctx.principal, 'phases:read', 'reports:read') } });
  });
