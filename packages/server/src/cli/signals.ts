import { constants } from 'node:os';

let stop: (() => void) | undefined;
let isHeeding = false;

/**
 * Lets signals end the process at once, or as {@link stopOnSignal} says. By themselves they do that too, but not where it is
 * process 1, as in a container.
 */
export function heedSignals(): void {
  if (isHeeding) return;
  isHeeding = true;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stop === undefined) process.exit(128 + constants.signals[signal]);
      stop();
    });
  }
}

/** From now on, there is something to stop in an orderly way. */
export function stopOnSignal(orderly: () => void): void {
  heedSignals();
  stop = orderly;
}
