// Bounds the memory of in-flight responses: from when their data is read until the client has received them. A response's size
// is known before its data is read. Small responses do not count, since the socket's own buffers take them at once.
import { InvalidInputError, ServerBusyError } from '@rsolv/shared/errors/platform-error';
import { FairSemaphore, type Release } from './fair-semaphore.ts';

export interface ResponseBudgetOptions {
  /** Of one response, with all calls of a batch. */
  readonly maxBytes: number;
  /** How long a response waits for the memory of others. */
  readonly timeoutMs: number;
}

/** How many responses of the largest size may be in flight. */
const maxLargest = { perCustomer: 2, total: 4 };

/** Up to which size a response needs no reservation. */
export const smallResponseBytes = 64 * 1024;

/** The memory for in-flight responses of one server. */
export class ResponseBudget {
  readonly maxBytes: number;
  readonly #semaphore: FairSemaphore;

  constructor({ maxBytes, timeoutMs }: ResponseBudgetOptions) {
    this.maxBytes = maxBytes;
    this.#semaphore = new FairSemaphore({
      total: maxBytes * maxLargest.total,
      perKey: maxBytes * maxLargest.perCustomer,
      timeoutMs,
    });
  }

  /** @returns undefined after the timeout */
  acquire(customerId: string, bytes: number): Release | Promise<Release | undefined> {
    return this.#semaphore.acquire(customerId, bytes);
  }
}

/** What one response has reserved of the budget. It is released when the response ends. */
export class ResponseReservation {
  readonly #budget: ResponseBudget;
  readonly #onFirst: (release: () => void) => void;
  readonly #releases: Release[] = [];
  #bytes = 0;
  #hasEnded = false;

  /** @param onFirst is called at the first reservation, with what to call when the response was received or aborted */
  constructor(budget: ResponseBudget, onFirst: (release: () => void) => void) {
    this.#budget = budget;
    this.#onFirst = onFirst;
  }

  /** The size limit of one response. */
  get maxBytes(): number {
    return this.#budget.maxBytes;
  }

  /**
   * Reserves memory for a part of the response, beside what it has reserved before.
   *
   * @throws InvalidInputError when a batch asks for more than one response can hold; ServerBusyError after the timeout
   */
  async reserve(customerId: string, bytes: number): Promise<void> {
    if (this.#bytes > 0 && this.#bytes + bytes > this.maxBytes) throw new InvalidInputError([batchTooLarge]);
    if (this.#bytes === 0) this.#onFirst(() => this.#end());
    // Before the wait, so that the other calls of the batch see it.
    this.#bytes += bytes;
    const release = await this.#budget.acquire(customerId, bytes);
    if (release === undefined) throw new ServerBusyError('large responses in flight');
    this.#releases.push(release);
    if (!this.#hasEnded) return;
    this.#end();
    // Nobody receives this error: it only keeps the data from being read in vain.
    throw new ServerBusyError('responses whose clients have disconnected');
  }

  #end(): void {
    this.#hasEnded = true;
    for (const release of this.#releases) release();
  }
}

const batchTooLarge = {
  path: '',
  message: 'asks for more in one batch than one response can hold. Send fewer calls in one batch.',
};
