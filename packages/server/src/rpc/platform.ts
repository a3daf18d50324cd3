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

/** What routes and procedures work with, the same for every request. */
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
  /** Undefined where nobody asked for traces. */
  readonly tracing: Tracing | undefined;
  /** Whose ID tokens count. */
  readonly issuers: Issuers;
  /** What callers call this platform, and so what ID tokens are for; the first is what they are told. */
  readonly publicUrls: readonly [string, ...string[]];
  /** For a request's body, also unpacked. */
  readonly bodyLimitBytes: number;
}
