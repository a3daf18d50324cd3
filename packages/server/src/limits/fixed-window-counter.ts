// Counts events by key within a fixed window, for a bounded number of keys: the least recently counted key is dropped, and
// starts at zero when it comes back.
import { LRUCache } from 'lru-cache';

/** How much of a limit is used. */
export interface Usage {
  /** The limit's name, as the `RateLimit` header field has it. */
  readonly policy: string;
  readonly limit: number;
  readonly windowSeconds: number;
  readonly used: number;
  /** When the window ends: a whole number, at least 1. */
  readonly resetSeconds: number;
}

export interface FixedWindowCounterOptions {
  readonly policy: string;
  readonly limit: number;
  /** A key's window starts with its first event. */
  readonly windowSeconds: number;
  readonly maxKeys: number;
}

interface Window {
  readonly used: number;
  /** In the milliseconds of `performance.now`. */
  readonly endsAt: number;
}

export class FixedWindowCounter {
  readonly #options: FixedWindowCounterOptions;
  readonly #windows: LRUCache<string, Window>;

  constructor(options: FixedWindowCounterOptions) {
    this.#options = options;
    this.#windows = new LRUCache({ max: options.maxKeys });
  }

  /** Counts one event, or the given amount. */
  add(key: string, amount = 1): Usage {
    const { used, endsAt } = this.#window(key);
    const window = { used: used + amount, endsAt };
    this.#windows.set(key, window);
    return this.#usage(window);
  }

  /** Reads the count so far. */
  read(key: string): Usage {
    return this.#usage(this.#window(key));
  }

  /** The current window of a key: a new one when the last one has ended. */
  #window(key: string): Window {
    const now = performance.now();
    const last = this.#windows.peek(key);
    return last !== undefined && last.endsAt > now
      ? last
      : { used: 0, endsAt: now + this.#options.windowSeconds * 1000 };
  }

  #usage({ used, endsAt }: Window): Usage {
    const { policy, limit, windowSeconds } = this.#options;
    const remainingSeconds = (endsAt - performance.now()) / 1000;
    return { policy, limit, windowSeconds, used, resetSeconds: Math.max(1, Math.ceil(remainingSeconds)) };
  }
}
