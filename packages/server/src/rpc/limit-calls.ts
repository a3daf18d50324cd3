// Refuses calls that are too many, before anything is read or asked, and tells callers how far they are from it.
import { errorCodes } from '@rsolv/shared/error-code';
import { RateLimitedError, type PlatformError } from '@rsolv/shared/platform-error';
import { actorOf } from '../customers/authenticate.ts';
import type { Usage } from '../limits/counter.ts';
import { rateLimitFields } from '../limits/rate-limit-fields.ts';
import type { Admission, KeyOwner } from '../limits/rate-limits.ts';
import type { CallMeasure } from '../metrics/metrics.ts';
import type { Context } from './context.ts';
import { toTRPCError } from './platform-error.ts';

/** @throws TRPCError where the caller is over a limit */
export async function admit(ctx: Context, measure: CallMeasure): Promise<Admission> {
  const { platform, visitor, setHeader } = ctx;
  const admission = await platform.rateLimits.admit(visitor);
  tell(ctx, admission.usages);
  platform.metrics.limits(admission);
  if (admission.owner !== undefined) ctx.noteCustomer(admission.owner.customerId);
  if (admission.exceeded === undefined) return admission;
  setHeader('Retry-After', String(admission.exceeded.resetSeconds));
  noteLimit(ctx, admission.owner);
  measure.end('refused');
  throw toTRPCError(new RateLimitedError(admission.exceeded));
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
    const admission = await rateLimits.admit(ctx.visitor);
    tell(ctx, admission.usages);
    if (admission.owner === undefined) {
      tell(ctx, await rateLimits.settle(ctx.visitor, admission, { owner: undefined, isRefused: true }));
    }
  }
}

/** Why a call was refused, and whether it asked for no key. */
interface Refused {
  readonly error: PlatformError;
  readonly isOpen: boolean;
}

/** Counts what could not be counted before. */
export async function settle(ctx: Context, admission: Admission, refused?: Refused): Promise<void> {
  const isRefused = refused !== undefined && isCounted(refused);
  tell(ctx, await ctx.platform.rateLimits.settle(ctx.visitor, admission, { owner: ctx.keyOwner(), isRefused }));
}

/** Who shows no key has nothing else to be counted by. */
function isCounted({ error, isOpen }: Refused): boolean {
  const { status } = errorCodes[error.code];
  return isOpen ? status >= 400 && status < 500 : status === 401;
}

function tell({ setHeader }: Context, usages: readonly Usage[]): void {
  for (const [name, value] of Object.entries(rateLimitFields(usages))) setHeader(name, value);
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
