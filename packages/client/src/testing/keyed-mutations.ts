import { IdempotencyKeyReusedError } from '@rsolv/shared/errors/platform-error';
import type { Customer } from './records.ts';

/** A call that administers records. */
export interface RepeatableCall {
  readonly customer: Customer;
  readonly idempotencyKey: string | null;
  /** What is done, with all of the input that tells it from other calls. */
  readonly identity: readonly unknown[];
}

/** How long idempotency keys are kept. */
const retentionMs = 24 * 60 * 60 * 1000;

/** The calls that were sent with an idempotency key. */
export class KeyedMutations {
  readonly #now: () => Date;
  readonly #calls = new Map<string, { identity: string; recordId: string; at: Date }>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /**
   * Runs a call, with the id of the record that the same call made or changed before.
   *
   * @throws IdempotencyKeyReusedError
   */
  once<Result extends { readonly id: string }>(call: RepeatableCall, run: (earlierId?: string) => Result): Result {
    const { customer, idempotencyKey } = call;
    if (idempotencyKey === null) return run();
    const scope = `${customer.id} ${idempotencyKey}`;
    const identity = JSON.stringify(call.identity);
    const known = this.#calls.get(scope);
    const earlier = known && this.#now().getTime() - known.at.getTime() <= retentionMs ? known : undefined;
    if (earlier && earlier.identity !== identity) throw new IdempotencyKeyReusedError();
    const result = run(earlier?.recordId);
    this.#calls.set(scope, { identity, recordId: result.id, at: earlier?.at ?? this.#now() });
    return result;
  }
}
