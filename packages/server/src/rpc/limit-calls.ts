// Refuses calls that are too many, before anything is read or asked, and tells callers how far they are from it.
import { errorCodes } from '@rsolv/shared/errors/error-code';
import { RateLimitedError, ServerBusyError, type PlatformError } from '@rsolv/shared/errors/platform-error';
import { actorOf } from '../access/authenticate.ts';
import type { Release } from '../limits/fair-semaphore.ts';
import type { Usage } from '../limits/fixed-window-counter.ts';
import { rateLimitFields } from '../limits/rate-limit-fields.ts';
import { encodeKeyHash, type RateLimitDecision, type KeyOwner } from '../limits/rate-limits.ts';
import type { CallMeasure } from '../observability/metrics.ts';
import type { Context } from './context.ts';
import { toTRPCError } from './platform-error.ts';

type LimitedContext = Pick<Context, 'platform' | 'caller' | 'setHeader'>;

/** @throws TRPCError where the caller is over a limit */
export async function admit(ctx: Context, measure: CallMeasure): Promise<RateLimitDecision> {
  const { platform, visitor } = ctx;
  const admission = await platform.rateLimits.check(visitor);
  if (admission === undefined) {
    measure.end('failed');
    throw toTRPCError(new ServerBusyError('the first calls with this API key'));
  }
  tell(ctx, admission.usages);
  platform.metrics.limits(admission);
  if (admission.owner !== undefined) ctx.noteCustomer(admission.owner.customerId);
  if (admission.exceeded === undefined) return admission;
  measure.end('refused');
  throw toTRPCError(overLimit(ctx, admission.exceeded, admission.owner));
}

/**
 * The same for one who turns out to be a customer's only later, by something else than a key.
 *
 * @throws RateLimitedError
 */
export function admitCustomer(ctx: LimitedContext, customerId: string): void {
  const usage = ctx.platform.rateLimits.countCustomer(customerId);
  tell(ctx, [usage]);
  if (usage.used > usage.limit) throw overLimit(ctx, usage, { customerId });
}

/** @throws RateLimitedError where the caller's customer has stored so much within a day that it may not store more */
export function admitStore(ctx: Context): void {
  const { rateLimits } = ctx.platform;
  const owner = rateLimits.ownerOf(ctx.visitor.keyHash);
  const exceeded = owner && rateLimits.exceededStorageQuota(owner.customerId);
  if (exceeded !== undefined) throw overLimit(ctx, exceeded, owner);
}

/** Counts what was stored. */
export function settleStore({ platform, keyOwner }: Context, bytes: number): void {
  const owner = keyOwner();
  if (owner !== undefined) platform.rateLimits.countStoredBytes(owner.customerId, bytes);
}

/** Lets a key that was just made count from its first call on. */
export function introduce({ platform }: LimitedContext, secret: string, owner: KeyOwner): void {
  platform.rateLimits.rememberOwner(encodeKeyHash(platform.keyRing.hash(secret)), owner);
}

/**
 * Lets a call begin once its customer has few enough under way, so that no customer has all connections to the database.
 * Who it is that shows a key for the first time is not known yet: those of one address wait for each other.
 *
 * @returns ends it; the error where the wait became too long
 */
export async function begin(
  { platform, visitor }: Context,
  { owner }: RateLimitDecision,
): Promise<Release | ServerBusyError> {
  const release = await platform.concurrencyLimit.acquire(owner?.customerId ?? visitor.address, 1);
  return release ?? new ServerBusyError('calls of this customer');
}

/** Where no key is asked for, one that is shown opens no way around the limit of its address. */
export const withoutKey = (ctx: Context): Context => ({
  ...ctx,
  visitor: { ...ctx.visitor, keyHash: undefined },
  keyOwner: () => undefined,
});

/** Counts calls that tRPC itself has refused, of what is not there or not so: as a stranger's, unless the key is known. */
export async function countUncalled(ctx: Context, calls: number): Promise<void> {
  const { rateLimits } = ctx.platform;
  for (let call = 0; call < calls; call++) {
    const admission = await rateLimits.check(ctx.visitor);
    // Those before it, with the same new key, have not ended.
    if (admission === undefined) return;
    tell(ctx, admission.usages);
    if (admission.owner === undefined) {
      tell(ctx, rateLimits.settle(ctx.visitor, admission, { owner: undefined, isRefused: true }));
    }
  }
}

/** Why a call was refused, and whether it asked for no key. */
interface Refused {
  readonly error: PlatformError;
  readonly isOpen: boolean;
}

/** Counts what could not be counted before. */
export function settle(ctx: Context, admission: RateLimitDecision, refused?: Refused): void {
  const isRefused = refused !== undefined && isCounted(refused);
  tell(ctx, ctx.platform.rateLimits.settle(ctx.visitor, admission, { owner: ctx.keyOwner(), isRefused }));
}

/** Who shows no key has nothing else to be counted by. */
function isCounted({ error, isOpen }: Refused): boolean {
  const { status } = errorCodes[error.code];
  return isOpen ? status >= 400 && status < 500 && status !== 429 : status === 401;
}

function tell({ setHeader }: LimitedContext, usages: readonly Usage[]): void {
  for (const [name, value] of Object.entries(rateLimitFields(usages))) setHeader(name, value);
}

/** Who was over a limit. */
type Limited = Partial<KeyOwner> & Pick<KeyOwner, 'customerId'>;

/** Tells that somebody is over a limit, and records it: who, as far as that is known, and not what was wanted. */
function overLimit(
  { platform, caller, setHeader }: LimitedContext,
  exceeded: Usage,
  owner: Limited | undefined,
): RateLimitedError {
  setHeader('Retry-After', String(exceeded.resetSeconds));
  const key = owner?.apiKeyId === undefined ? undefined : { apiKeyId: owner.apiKeyId };
  platform.auditTrail.note(actorOf(caller, key), {
    action: 'rate_limit',
    outcome: 'refused',
    errorCode: 'RATE_LIMITED',
    customerId: owner?.customerId ?? null,
    target: {},
  });
  return new RateLimitedError(exceeded);
}
