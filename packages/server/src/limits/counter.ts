// Counts by name within a window, for a bounded number of names: where there are more, the one that was counted longest
// ago begins anew.
import { RateLimiterMemory } from 'rate-limiter-flexible';

/** How much of a limit is used. */
export interface Usage {
  /** What is limited, as callers read it in the header fields. */
  readonly policy: string;
  readonly limit: number;
  readonly windowSeconds: number;
  readonly used: number;
  /** Until counting begins anew; a whole number, at least 1. */
  readonly resetSeconds: number;
}

export interface CounterOptions {
  readonly policy: string;
  readonly limit: number;
  readonly windowSeconds: number;
  readonly maxNames: number;
}

export class Counter {
  readonly #options: CounterOptions;
  readonly #limiter: RateLimiterMemory;
  /** The one that was counted last comes last. */
  readonly #names = new Set<string>();

  constructor(options: CounterOptions) {
    this.#options = options;
    this.#limiter = new RateLimiterMemory({ points: options.limit, duration: options.windowSeconds });
  }

  /** Counts one more, or so many. */
  async add(name: string, amount = 1): Promise<Usage> {
    this.#names.delete(name);
    this.#names.add(name);
    if (this.#names.size > this.#options.maxNames) await this.#dropOldest();
    // `consume` would throw what is no error.
    const { consumedPoints, msBeforeNext } = await this.#limiter.penalty(name, amount);
    return this.#usage(consumedPoints, msBeforeNext);
  }

  /** What was counted so far. */
  async read(name: string): Promise<Usage> {
    const counted = await this.#limiter.get(name);
    return counted === null || counted.msBeforeNext <= 0
      ? this.#usage(0, this.#options.windowSeconds * 1000)
      : this.#usage(counted.consumedPoints, counted.msBeforeNext);
  }

  async #dropOldest(): Promise<void> {
    const [oldest] = this.#names;
    if (oldest === undefined) return;
    this.#names.delete(oldest);
    await this.#limiter.delete(oldest);
  }

  #usage(used: number, resetMs: number): Usage {
    const { policy, limit, windowSeconds } = this.#options;
    return { policy, limit, windowSeconds, used, resetSeconds: Math.max(1, Math.ceil(resetMs / 1000)) };
  }
}
