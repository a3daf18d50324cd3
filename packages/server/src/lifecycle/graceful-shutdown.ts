import { setTimeout as delay } from 'node:timers/promises';

/** Whether a server has been told to stop, and how it does. */
export class GracefulShutdown {
  readonly #drainMs: number;
  readonly #impatience = new AbortController();
  #stop: Promise<void> | undefined;

  /** @param drainMs how long it goes on serving, not ready, so that balancers send it nothing new by then */
  constructor(drainMs: number) {
    this.#drainMs = drainMs;
  }

  get hasBegun(): boolean {
    return this.#stop !== undefined;
  }

  /** Stops, once. Whoever asks again does not want to wait. */
  begin(stop: () => Promise<void>): Promise<void> {
    if (this.#stop === undefined) this.#stop = this.#drain().then(stop);
    else this.#impatience.abort();
    return this.#stop;
  }

  async #drain(): Promise<void> {
    await delay(this.#drainMs, undefined, { signal: this.#impatience.signal }).catch(() => {});
  }
}
