import { constants } from 'node:os';
import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import type { RunningPlatform } from '../main.ts';
import { greet } from './greeting.ts';
import { openingOf, withProgress } from './progress.ts';
import { terminalLog } from './terminal-log.ts';

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('run the platform until it is told to stop')
    .action(async () => {
      const config = readConfig();
      const stopOnSignal = heedSignals();
      const { startPlatform } = await import('../main.ts');
      const log = process.stderr.isTTY ? terminalLog : undefined;
      const platform = await withProgress(openingOf(config.database), () => startPlatform(config, log));
      stopOnSignal(platform);
      try {
        await greet(platform, config);
      } catch (thrown) {
        await platform.stop();
        throw thrown;
      }
    });
}

/**
 * Listens to signals from now on. As long as there is nothing to stop in an orderly way, they end the process at once;
 * where it is process 1, as in a container, nothing else would.
 *
 * @returns what to call with the platform once it runs
 */
function heedSignals(): (running: RunningPlatform) => void {
  let platform: RunningPlatform | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (platform === undefined) process.exit(128 + constants.signals[signal]);
      void platform.stop();
    });
  }
  return (running) => {
    platform = running;
  };
}
