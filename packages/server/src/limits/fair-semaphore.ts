// A weighted semaphore that is fair between keys: limited in total and for each key, with one queue for each key, served in
// turn, and a timeout. It bounds the memory of in-flight responses and the calls of one customer.

export interface FairSemaphoreOptions {
  readonly total: number;
  readonly perKey: number;
  /** How long `acquire` waits at most. */
  readonly timeoutMs: number;
}

/** Gives back what was acquired. Further calls do nothing. */
export type Release = () => void;

interface Waiter {
  readonly amount: number;
  readonly grant: () => void;
}

export class FairSemaphore {
  readonly #options: FairSemaphoreOptions;
  #inUse = 0;
  readonly #inUseByKey = new Map<string, number>();
  /** One queue for each key that waits. The key that was served last comes last. */
  readonly #queues = new Map<string, Set<Waiter>>();

  constructor(options: FairSemaphoreOptions) {
    this.#options = options;
  }

  /**
   * Acquires an amount; more than a key may have counts as all that it may have.
   *
   * @returns undefined after the timeout
   */
  acquire(key: string, wanted: number): Release | Promise<Release | undefined> {
    const amount = Math.min(wanted, this.#options.perKey);
    const isFree = this.#queues.size === 0 && this.#exceeded(key, amount) === undefined;
    return isFree ? this.#grant(key, amount) : this.#wait(key, amount);
  }

  /** Which limit the amount would exceed. */
  #exceeded(key: string, amount: number): 'key' | 'total' | undefined {
    if ((this.#inUseByKey.get(key) ?? 0) + amount > this.#options.perKey) return 'key';
    return this.#inUse + amount > this.#options.total ? 'total' : undefined;
  }

  #grant(key: string, amount: number): Release {
    this.#add(key, amount);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#add(key, -amount);
      if (this.#queues.size > 0) this.#serve();
    };
  }

  #add(key: string, amount: number): void {
    this.#inUse += amount;
    const inUse = (this.#inUseByKey.get(key) ?? 0) + amount;
    if (inUse === 0) this.#inUseByKey.delete(key);
    else this.#inUseByKey.set(key, inUse);
  }

  #wait(key: string, amount: number): Promise<Release | undefined> {
    const queue = this.#queues.get(key) ?? new Set();
    this.#queues.set(key, queue);
    return new Promise((resolve) => {
      const leave = () => {
        queue.delete(waiter);
        if (queue.size === 0) this.#queues.delete(key);
      };
      const timeout = setTimeout(() => {
        leave();
        resolve(undefined);
        // The next waiter may want less.
        this.#serve();
      }, this.#options.timeoutMs);
      const waiter = {
        amount,
        grant: () => {
          clearTimeout(timeout);
          leave();
          resolve(this.#grant(key, amount));
        },
      };
      queue.add(waiter);
      this.#serve();
    });
  }

  /** Grants what is free to the waiters, each key in turn. Nobody overtakes a waiter that needs more of the total. */
  #serve(): void {
    for (const [key, queue] of this.#queues) {
      const [first] = queue;
      const exceeded = first && this.#exceeded(key, first.amount);
      if (exceeded === 'total') return;
      if (exceeded === 'key') continue;
      first?.grant();
      if (queue.size === 0) continue;
      // Behind the other keys, which this loop reaches first.
      this.#queues.delete(key);
      this.#queues.set(key, queue);
    }
  }
}
