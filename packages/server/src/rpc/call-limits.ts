// The limits of calls: rate limits before anything is read or looked up, then the concurrency limit. Callers learn from
// headers how close they are to a rate limit.
import { errorCodes } from '@rsolv/shared/errors/error-code';
import { RateLimitedError, ServerBusyError, type PlatformError } from '@rsolv/shared/errors/platform-error';
import type { Release } from '../limits/fair-semaphore.ts';
import type { Usage } from '../limits/fixed-window-counter.ts';
import { rateLimitFields } from '../limits/rate-limit-fields.ts';
import { encodeKeyHash, type KeyOwner, type RateLimitDecision } from '../limits/rate-limits.ts';
import type { Context } from './context.ts';

/** Counts a call against the rate limits. Returns the error if the call is refused. */
export async function checkRateLimits(ctx: Context): Promise<RateLimitDecision | PlatformError> {
  const { platform, principal } = ctx;
  const decision = await platform.rateLimits.check(ctx.rateLimitSubject);
  if (decision === undefined) return new ServerBusyError('concurrent first calls with this API key');
  setRateLimitHeaders(ctx, decision.usages);
  platform.metrics.limits(decision);
  const { owner, exceeded } = decision;
  if (owner !== undefined) principal.rememberOwner(owner);
  return exceeded === undefined ? decision : rateLimited(ctx, exceeded, owner);
}

/**
 * Counts a call of a customer that is identified by something other than an API key.
 *
 * @throws RateLimitedError
 */
export function checkCustomerRateLimit(ctx: Context, customerId: string): void {
  const usage = ctx.platform.rateLimits.countCustomer(customerId);
  setRateLimitHeaders(ctx, [usage]);
  if (usage.used > usage.limit) throw rateLimited(ctx, usage, { customerId });
}

/** @throws RateLimitedError if the customer has used up its daily storage quota */
export function checkStorageQuota(ctx: Context): void {
  const { rateLimits } = ctx.platform;
  const owner = rateLimits.ownerOf(ctx.rateLimitSubject.keyHash);
  const exceeded = owner && rateLimits.exceededStorageQuota(owner.customerId);
  if (exceeded !== undefined) throw rateLimited(ctx, exceeded, owner);
}

/** Remembers the owner of a new key, so that it is limited from its first call on. */
export function rememberNewKey({ platform }: Context, secret: string, owner: KeyOwner): void {
  platform.rateLimits.rememberOwner(encodeKeyHash(platform.keyRing.hash(secret)), owner);
}

/**
 * Waits until the customer has few enough calls in flight, so that no customer takes all connections to the database. As
 * long as the customer is unknown, the calls of one address wait for each other.
 *
 * @returns what ends the call; the error after the timeout
 */
export async function acquireCallSlot(
  { platform, rateLimitSubject }: Context,
  { owner }: RateLimitDecision,
): Promise<Release | PlatformError> {
  const release = await platform.concurrencyLimit.acquire(owner?.customerId ?? rateLimitSubject.address, 1);
  return release ?? new ServerBusyError('concurrent calls of this customer');
}

/** The context of a procedure that takes no key: a key that is sent anyway is no way around the limit of its address. */
export const withoutKey = (ctx: Context): Context => ({
  ...ctx,
  principal: ctx.principal.withoutKey(),
  rateLimitSubject: { ...ctx.rateLimitSubject, keyHash: undefined },
});

/** Counts calls that tRPC refused by itself, such as calls of unknown procedures: as failures unless the key is known. */
export async function countRefusedByTrpc(ctx: Context, calls: number): Promise<void> {
  const { rateLimits } = ctx.platform;
  for (let call = 0; call < calls; call++) {
    const decision = await rateLimits.check(ctx.rateLimitSubject);
    // The first calls with the same unknown key are still in flight.
    if (decision === undefined) return;
    setRateLimitHeaders(ctx, decision.usages);
    if (decision.owner === undefined) {
      const outcome = { owner: undefined, isRefused: true };
      setRateLimitHeaders(ctx, rateLimits.settle(ctx.rateLimitSubject, decision, outcome));
    }
  }
}

/** A call that ended with an error. */
export interface FailedCall {
  readonly error: PlatformError;
  readonly isOpen: boolean;
}

/** Counts what could not be counted before the call. */
export function settleRateLimits(ctx: Context, decision: RateLimitDecision, failed?: FailedCall): void {
  const isRefused = failed !== undefined && isAuthenticationFailure(failed);
  const outcome = { owner: ctx.principal.identity, isRefused };
  setRateLimitHeaders(ctx, ctx.platform.rateLimits.settle(ctx.rateLimitSubject, decision, outcome));
}

/** A call without a key can only be counted by its address, so any refusal counts. */
function isAuthenticationFailure({ error, isOpen }: FailedCall): boolean {
  const { status } = errorCodes[error.code];
  return isOpen ? status >= 400 && status < 500 && status !== 429 : status === 401;
}

function setRateLimitHeaders({ setHeader }: Context, usages: readonly Usage[]): void {
  for (const [name, value] of Object.entries(rateLimitFields(usages))) setHeader(name, value);
}

/** The owner of an exceeded limit, with its key if that is known. */
type LimitedOwner = Partial<KeyOwner> & Pick<KeyOwner, 'customerId'>;

/** Records that a limit is exceeded, without what the call was about. */
function rateLimited(
  { platform, principal, setHeader }: Context,
  exceeded: Usage,
  owner: LimitedOwner | undefined,
): RateLimitedError {
  setHeader('Retry-After', String(exceeded.resetSeconds));
  platform.auditTrail.note(principal.actor(owner?.apiKeyId), {
    action: 'rate_limit',
    outcome: 'refused',
    errorCode: 'RATE_LIMITED',
    customerId: owner?.customerId ?? null,
    target: {},
  });
  return new RateLimitedError(exceeded);
}
