import { constants } from 'node:os';
import type { StopSignals } from './cli-io.ts';

/** SIGINT and SIGTERM of this process. */
export class ProcessSignals implements StopSignals {
  #isListening = false;
  #stop: (() => void) | undefined;

  /** By default these signals end a process, but not process 1 of a container: it has to handle them. */
  listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (this.#stop === undefined) process.exit(128 + constants.signals[signal]);
        this.#stop();
      });
    }
  }

  onStop(stop: () => void): void {
    this.listen();
    this.#stop = stop;
  }
}
