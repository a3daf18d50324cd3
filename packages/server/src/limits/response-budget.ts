// Limits the memory of in-flight responses, from when their data is read until the client has received them. The size of a
// response is known before its data is read. Small responses are not counted, since they fit into the socket's buffers.
import { InvalidInputError, ServerBusyError } from '@rsolv/shared/errors/platform-error';
import { FairSemaphore, type Release } from './fair-semaphore.ts';

export interface ResponseBudgetOptions {
  /** The maximum size of one response, including all calls of a batch. */
  readonly maxBytes: number;
  /** How long a response waits for memory that others have reserved. */
  readonly timeoutMs: number;
}

/** How many responses of the largest size may be in flight. */
export const maxLargest = { perCustomer: 2, total: 4 };

/** The maximum size of a response that needs no reservation. */
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

/** The memory that one response has reserved of the budget. It is released when the response ends. */
export class ResponseReservation {
  readonly #budget: ResponseBudget;
  readonly #onFirst: (release: () => void) => void;
  readonly #releases: Release[] = [];
  #bytes = 0;
  #hasEnded = false;

  /** @param onFirst is called at the first reservation. Its argument must be called when the response ends or is aborted. */
  constructor(budget: ResponseBudget, onFirst: (release: () => void) => void) {
    this.#budget = budget;
    this.#onFirst = onFirst;
  }

  /** The size limit of one response. */
  get maxBytes(): number {
    return this.#budget.maxBytes;
  }

  /**
   * Reserves memory for a part of the response, in addition to previous reservations.
   *
   * @throws InvalidInputError when a batch asks for more than one response can hold; ServerBusyError after the timeout
   */
  async reserve(customerId: string, bytes: number): Promise<void> {
    if (this.#bytes > 0 && this.#bytes + bytes > this.maxBytes) throw new InvalidInputError([batchTooLarge]);
    if (this.#bytes === 0) this.#onFirst(() => this.#end());
    // Counted before the wait, so that the other calls of the batch see it.
    this.#bytes += bytes;
    const release = await this.#budget.acquire(customerId, bytes);
    if (release === undefined) throw new ServerBusyError('large responses in flight');
    this.#releases.push(release);
    if (!this.#hasEnded) return;
    this.#end();
    // No client receives this error. It prevents a needless read of the data.
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
