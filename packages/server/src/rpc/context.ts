import type { Caller } from '../access/authenticate.ts';
import type { ResponseReservation } from '../limits/response-budget.ts';
import type { KeyOwner, RateLimitSubject } from '../limits/rate-limits.ts';
import type { Platform } from './platform.ts';

/** What a procedure knows about the request that calls it. */
export interface Context {
  readonly platform: Platform;
  readonly caller: Caller;
  readonly visitor: RateLimitSubject;
  /** Whose the presented key is, once the database has said so. */
  readonly keyOwner: () => KeyOwner | undefined;
  /** Has the request's log lines say whose it is, where that is known from before. */
  readonly noteCustomer: (customerId: string) => void;
  /** Of the whole request; a store's input may have one of its own. */
  readonly idempotencyKey: string | null;
  /** What the answer takes of the server's memory, with all calls of a batch. */
  readonly room: ResponseReservation;
  readonly requestId: string;
  /** Sets a header of the answer. */
  readonly setHeader: (name: string, value: string) => void;
  /** Why what changes something is refused, where that is known before its input is read. */
  readonly inputFailure?: Error | undefined;
}
