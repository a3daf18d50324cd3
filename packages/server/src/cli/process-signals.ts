import { constants } from 'node:os';
import type { StopSignals } from './cli-io.ts';

/** How often to check whether the parent process has ended. */
const parentPollMs = 500;

/** SIGINT and SIGTERM of this process, and the end of the npx that runs it. */
export class ProcessSignals implements StopSignals {
  #isListening = false;
  #stop: (() => void) | undefined;

  /** By default these signals end a process, but not process 1 of a container: it has to handle them. */
  listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => this.#handle(signal));
    if (process.env['npm_lifecycle_event'] === 'npx') this.#watchParent();
  }

  onStop(stop: () => void): void {
    this.listen();
    this.#stop = stop;
  }

  #handle(signal: 'SIGINT' | 'SIGTERM'): void {
    if (this.#stop === undefined) process.exit(128 + constants.signals[signal]);
    this.#stop();
  }

  /** npx runs this program by a shell. When npx is told to stop, it ends the shell, which passes no signal on. */
  #watchParent(): void {
    const parent = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      this.#handle('SIGTERM');
    }, parentPollMs);
    timer.unref();
  }
}
