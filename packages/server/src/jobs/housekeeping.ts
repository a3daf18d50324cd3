import type { Logger } from 'pino';
import { describeFailure } from '../observability/describe-failure.ts';
import { forgetWorkflowKeys } from '../accounts/forget-workflow-keys.ts';
import { forgetKeys } from '../phases/idempotency.ts';
import type { Platform } from '../rpc/platform.ts';
import { forgetTokens } from '../workflows/redeem-id-token.ts';

interface Chore {
  readonly what: string;
  readonly everyMs: number;
  readonly run: () => Promise<void>;
}

/**
 * Does what has to be done now and then, until it is stopped; what is only in memory is written once more then. Several
 * servers may do it at once.
 */
export function keepHouse(
  { database: { kysely }, keyUses, auditTrail }: Platform,
  log: Logger,
): { stop: () => Promise<void> } {
  const writeKeyUses = { what: 'write when keys were used', everyMs: 30_000, run: () => keyUses.write(kysely) };
  const writeEvents = { what: 'write audit events', everyMs: 1_000, run: () => auditTrail.write(kysely) };
  const chores: readonly Chore[] = [
    { what: 'forget idempotency keys', everyMs: 60 * 60_000, run: () => forgetKeys(kysely) },
    { what: 'forget ID tokens', everyMs: 60 * 60_000, run: () => forgetTokens(kysely) },
    { what: 'forget keys of workflows', everyMs: 60 * 60_000, run: () => forgetWorkflowKeys(kysely) },
    writeKeyUses,
    writeEvents,
  ];
  const attempt = ({ what, run }: Chore) =>
    run().catch((failure: unknown) => log.error({ failure: describeFailure(failure) }, `could not ${what}`));
  const timers = chores.map((chore) => setInterval(() => void attempt(chore), chore.everyMs).unref());
  return {
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await attempt(writeKeyUses);
      await attempt({ ...writeEvents, run: () => auditTrail.write(kysely, 'everything') });
    },
  };
}
