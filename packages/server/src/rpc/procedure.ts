import { initTRPC, TRPCError } from '@trpc/server';
import type { AuditAction } from '@rsolv/shared/audit-event';
import { errorCodes, type ErrorCode, type ErrorDetail } from '@rsolv/shared/error-code';
import { MalformedBodyError, RateLimitedError } from '@rsolv/shared/platform-error';
import type { AuditTarget } from '../audit/event-row.ts';
import { actorOf, authenticate, type Caller, type Identity } from '../customers/authenticate.ts';
import { findCustomer } from '../customers/find-customer.ts';
import type { Usage } from '../limits/counter.ts';
import { rateLimitFields } from '../limits/rate-limit-fields.ts';
import type { KeyOwner, Visitor } from '../limits/rate-limits.ts';
import type { Platform } from '../platform.ts';
import { toPlatformError, toTRPCError } from './platform-error.ts';
import { transformer } from './transformer.ts';

/** What a procedure knows about the request that calls it. */
export interface Context {
  readonly platform: Platform;
  readonly caller: Caller;
  readonly visitor: Visitor;
  /** Whose the presented key is, once the database has said so. */
  readonly keyOwner: () => KeyOwner | undefined;
  /** Of the whole request; a store's input may have one of its own. */
  readonly idempotencyKey: string | null;
  readonly requestId: string;
  /** Sets a header of the answer. */
  readonly setHeader: (name: string, value: string) => void;
  /** Why the input can't be read, where that is known before. */
  readonly inputFailure?: Error | undefined;
}

/** What tRPC callers find in an error's `data.error`: the same as in a REST error's body. */
export interface ErrorFacts {
  readonly code: ErrorCode;
  readonly details?: readonly ErrorDetail[];
}

/** What is known of a procedure beside what it does. */
export interface Meta {
  /** What a call is recorded as. */
  readonly action: AuditAction;
  /** Whether it asks for no API key, since what it takes is a proof of its own. */
  readonly isOpen?: boolean;
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

/** Of errors about the input, which come before anybody has asked who calls. */
const inputStatuses = new Set<number>([400, 413, 415]);

/**
 * Translates what is thrown, once, for REST and tRPC alike. Operations find out themselves who calls, within their own
 * statement; input that is refused never gets there, so its caller is looked up here, and a stranger hears 401 rather
 * than what a good input looks like.
 */
const translateErrors = t.middleware(async ({ ctx, meta, next }) => {
  const result = await next();
  if (result.ok) return result;
  try {
    const error = toPlatformError(result.error);
    const isTooEarly = inputStatuses.has(errorCodes[error.code].status) && meta?.isOpen !== true;
    if (isTooEarly) await authenticate(ctx.platform.database.kysely, ctx.caller);
    throw error;
  } catch (thrown) {
    throw toTRPCError(thrown);
  }
});

/** Reads the input before its schema does, to tell what can't be read from a fault of the platform. */
const readInput = t.middleware(async ({ ctx, getRawInput, next }) => {
  if (ctx.inputFailure !== undefined) throw ctx.inputFailure;
  try {
    await getRawInput();
  } catch (thrown) {
    throw isSyntaxError(thrown) ? new MalformedBodyError('The input is not JSON.', { cause: thrown }) : thrown;
  }
  return next();
});

const isSyntaxError = (thrown: unknown) =>
  thrown instanceof SyntaxError || (thrown instanceof TRPCError && thrown.cause instanceof SyntaxError);

/** Refuses calls that are too many, before anything is read or asked, and tells callers how far they are from it. */
const limitRate = t.middleware(async ({ ctx, meta, next }) => {
  const { platform, keyOwner, setHeader } = ctx;
  // Where no key is asked for, one that is shown opens no way around the limit of its address.
  const visitor = meta?.isOpen === true ? { ...ctx.visitor, keyHash: undefined } : ctx.visitor;
  const tell = (usages: readonly Usage[]) => {
    for (const [name, value] of Object.entries(rateLimitFields(usages))) setHeader(name, value);
  };
  const admission = await platform.rateLimits.admit(visitor);
  tell(admission.usages);
  if (admission.exceeded !== undefined) {
    setHeader('Retry-After', String(admission.exceeded.resetSeconds));
    noteLimit(ctx, admission.owner);
    throw toTRPCError(new RateLimitedError(admission.exceeded));
  }
  const result = await next();
  const status = result.ok ? 200 : errorCodes[toPlatformError(result.error).code].status;
  // Who may do nothing yet has nothing to be let off for.
  const isRefused = meta?.isOpen === true ? status >= 400 && status < 500 : status === 401;
  tell(await platform.rateLimits.settle(visitor, admission, { owner: keyOwner(), isRefused }));
  return result;
});

/** Of errors that say no: these are recorded, where mistakes and faults are not. */
const refusalStatuses = new Set<number>([401, 403, 404, 409, 422]);

/**
 * Notes what reads and what is refused. What writes records itself, in the transaction that writes; or it says what else
 * it turned out to be.
 */
const audit = t.middleware(async ({ ctx, type, meta, next }) => {
  let identity: Identity | undefined;
  let target: AuditTarget = {};
  let action = type === 'query' ? meta?.action : undefined;
  const identified = (found: Identity) => {
    identity = found;
    ctx.caller.identified?.(found);
  };
  const act = {
    /** Says what the call is about. */
    isAbout: (what: AuditTarget) => void (target = what),
    /** Says what a call that wrote nothing was. */
    wasOnly: (what: AuditAction, about: AuditTarget) => {
      action = what;
      target = about;
    },
  };
  const result = await next({ ctx: { ...ctx, act, caller: { ...ctx.caller, identified } } });
  const code = result.ok ? undefined : toPlatformError(result.error).code;
  const outcome = code === undefined ? 'allowed' : 'refused';
  if (code !== undefined) action = actionOfRefusal(code, meta);
  // What somebody wanted whose key doesn't count, says nothing.
  if (action === 'authenticate') target = {};
  if (action !== undefined) {
    const who = { customerId: identity?.customerId ?? null, ...(code !== undefined && { errorCode: code }) };
    ctx.platform.auditTrail.note(actorOf(ctx.caller, identity), { ...who, action, outcome, target });
  }
  return result;
});

/** What a refused call was; nothing that is recorded where it was a mistake or a fault. */
function actionOfRefusal(code: ErrorCode, meta: Meta | undefined): AuditAction | undefined {
  const { status } = errorCodes[code];
  if (status === 401) return 'authenticate';
  return refusalStatuses.has(status) ? meta?.action : undefined;
}

/** Records that somebody was over a limit: who, as far as that is known, and not what was wanted. */
function noteLimit({ platform, caller }: Context, owner: KeyOwner | undefined): void {
  platform.auditTrail.note(actorOf(caller, owner), {
    action: 'rate_limit',
    outcome: 'refused',
    errorCode: 'RATE_LIMITED',
    customerId: owner?.customerId ?? null,
    target: {},
  });
}

/** What every procedure begins with: what it is recorded as. */
export const procedure = (action: AuditAction) =>
  t.procedure.meta({ action }).use(limitRate).use(audit).use(translateErrors).use(readInput);

/** The same for those who show something else than an API key. */
export const openProcedure = (action: AuditAction) =>
  t.procedure.meta({ action, isOpen: true }).use(limitRate).use(audit).use(translateErrors).use(readInput);

/** What a customer administers itself with: a key with the scope `manage`. */
export const managing = (action: AuditAction) =>
  procedure(action).use(async ({ ctx, next }) => {
    const { database } = ctx.platform;
    const identity = await authenticate(database.kysely, ctx.caller, 'manage');
    const em = database.fork();
    const customer = await findCustomer(em, identity.customerId);
    return next({ ctx: { ...ctx, em, customer, by: actorOf(ctx.caller, identity) } });
  });
