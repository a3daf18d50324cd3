import type { AuditTrail } from '../audit/audit-trail.ts';
import type { KeyRing } from '../access/key-ring.ts';
import type { KeyUses } from '../access/key-use.ts';
import type { Database } from '../database/open-database.ts';
import type { ResponseBudget } from '../limits/response-budget.ts';
import type { FairSemaphore } from '../limits/fair-semaphore.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Tracing } from '../observability/tracing.ts';
import type { Issuers } from '../workflows/issuers.ts';

/** What routes and procedures work with. All requests share it. */
export interface Platform {
  readonly database: Database;
  readonly keyRing: KeyRing;
  readonly keyUses: KeyUses;
  readonly auditTrail: AuditTrail;
  readonly rateLimits: RateLimits;
  /** Limits the calls in flight, by customer. */
  readonly concurrencyLimit: FairSemaphore;
  /** Bounds the memory of responses in flight. */
  readonly responseBudget: ResponseBudget;
  readonly metrics: Metrics;
  /** Undefined if tracing is off. */
  readonly tracing: Tracing | undefined;
  /** The issuers whose ID tokens are trusted. */
  readonly issuers: Issuers;
  /** The addresses of this platform, which are the audiences of ID tokens. Callers are told the first. */
  readonly publicUrls: readonly [string, ...string[]];
  /** How long an execution may be pending or running before it is stale. */
  readonly staleAfterMs: number;
  /** The size limit of a request's body, compressed or decompressed. */
  readonly bodyLimitBytes: number;
}
