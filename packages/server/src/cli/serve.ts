import type { Command } from 'commander';
import { readConfig } from '../config/config.ts';
import { greet } from './greeting.ts';
import { openingOf, withProgress } from './progress.ts';
import { heedSignals, stopOnSignal } from './signals.ts';
import { terminalLog } from './terminal-log.ts';

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('run the platform until it is told to stop')
    .action(async () => {
      const config = readConfig();
      heedSignals();
      const { startPlatform } = await import('../lifecycle/start-platform.ts');
      const log = process.stderr.isTTY ? terminalLog : undefined;
      const platform = await withProgress(openingOf(config.database), () => startPlatform(config, log));
      stopOnSignal(() => void platform.stop());
      try {
        await greet(platform, config);
      } catch (thrown) {
        await platform.stop();
        throw thrown;
      }
    });
}
