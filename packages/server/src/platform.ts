import type { AuditTrail } from './audit/audit-trail.ts';
import type { KeyRing } from './customers/key-ring.ts';
import type { KeyUses } from './customers/key-use.ts';
import type { Database } from './database.ts';
import type { RateLimits } from './limits/rate-limits.ts';

/** What routes and procedures work with, the same for every request. */
export interface Platform {
  readonly database: Database;
  readonly keyRing: KeyRing;
  readonly keyUses: KeyUses;
  readonly auditTrail: AuditTrail;
  readonly rateLimits: RateLimits;
  /** For a request's body, also unpacked. */
  readonly bodyLimitBytes: number;
}
