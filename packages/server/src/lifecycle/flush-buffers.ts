// Each server has its own buffers in memory, of audit events and of key uses, which it writes to the database at intervals
// and when it stops. That is no background job: no other server could do it.
import type { Logger } from 'pino';
import type { KeyUses } from '../access/key-use.ts';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Database } from '../database/open-database.ts';
import { describeFailure } from '../observability/describe-failure.ts';

const auditIntervalMs = 1_000;
const keyUseIntervalMs = 30_000;

interface Buffers {
  readonly database: Database;
  readonly auditTrail: AuditTrail;
  readonly keyUses: KeyUses;
  readonly log: Logger;
}

/**
 * Writes the buffers at intervals.
 *
 * @returns stops that, after everything was written once more
 */
export function flushBuffers({ database: { kysely }, auditTrail, keyUses, log }: Buffers): () => Promise<void> {
  const flush = (what: string, write: () => Promise<void>) =>
    write().catch((failure: unknown) => log.error({ failure: describeFailure(failure) }, `could not write ${what}`));
  const flushAuditTrail = (part: 'ripe' | 'everything') => flush('audit events', () => auditTrail.write(kysely, part));
  const flushKeyUses = () => flush('key uses', () => keyUses.write(kysely));
  const timers = [
    setInterval(() => void flushAuditTrail('ripe'), auditIntervalMs).unref(),
    setInterval(() => void flushKeyUses(), keyUseIntervalMs).unref(),
  ];
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await flushKeyUses();
    await flushAuditTrail('everything');
  };
}
