import { setTimeout as delay } from 'node:timers/promises';

/** Whether a server has been told to stop, and how it stops. */
export class GracefulShutdown {
  readonly #drainMs: number;
  readonly #skipDrain = new AbortController();
  #stopped: Promise<void> | undefined;

  /** @param drainMs how long the server goes on serving while it is not ready, so that load balancers stop using it */
  constructor(drainMs: number) {
    this.#drainMs = drainMs;
  }

  get hasBegun(): boolean {
    return this.#stopped !== undefined;
  }

  /** Drains, then stops, once. A second call skips what is left of the drain. */
  begin(stop: () => Promise<void>): Promise<void> {
    if (this.#stopped === undefined) this.#stopped = this.#drain().then(stop);
    else this.#skipDrain.abort();
    return this.#stopped;
  }

  async #drain(): Promise<void> {
    await delay(this.#drainMs, undefined, { signal: this.#skipDrain.signal }).catch(() => {});
  }
}
