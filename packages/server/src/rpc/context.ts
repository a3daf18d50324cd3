import type { Principal } from '../access/principal.ts';
import type { RateLimitSubject } from '../limits/rate-limits.ts';
import type { ResponseReservation } from '../limits/response-budget.ts';
import type { Platform } from './platform.ts';

/** What a procedure knows about the request that calls it. All calls of a batch share it. */
export interface Context {
  readonly platform: Platform;
  readonly principal: Principal;
  readonly rateLimitSubject: RateLimitSubject;
  /** The header of the request. A store's input may have a key of its own. */
  readonly idempotencyKey: string | null;
  /** The memory that the response needs. */
  readonly reservation: ResponseReservation;
  /** Whether the response can carry all of JSON, as REST does. tRPC's superjson carries doubles, and no key `__proto__`. */
  readonly carriesAnyJson: boolean;
  readonly requestId: string;
  /** Sets a header of the response. */
  readonly setHeader: (name: string, value: string) => void;
  /** Why mutations are refused, if that is known before their input is read. */
  readonly inputError?: Error | undefined;
}
