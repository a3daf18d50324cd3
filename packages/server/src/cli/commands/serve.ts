import type { Command } from 'commander';
import type { DestinationStream } from 'pino';
import { readConfig } from '../../config/config.ts';
import { describeOpening, type CommandContext } from '../command-context.ts';
import { greet } from '../greeting.ts';
import { terminalLog } from '../terminal-log.ts';

export function addServeCommand(program: Command, context: CommandContext): void {
  const { io, output } = context;
  program
    .command('serve')
    .description('run the platform until it is stopped')
    .action(async () => {
      const config = readConfig(io.env);
      io.signals.listen();
      const { startPlatform } = await import('../../lifecycle/start-platform.ts');
      const platform = await output.withProgress(describeOpening(config.database), () =>
        startPlatform(config, logFor(context)),
      );
      const stopped = new Promise<void>((resolve, reject) => {
        io.signals.onStop(() => void platform.stop().then(resolve, reject));
      });
      try {
        await greet(platform, { config, ...context });
      } catch (thrown) {
        await platform.stop();
        throw thrown;
      }
      await stopped;
    });
}

/** Where the log goes: formatted for people on a terminal; undefined for the process's own standard error. */
function logFor({ io: { stderr }, output }: CommandContext): DestinationStream | undefined {
  if (stderr.isTTY) return terminalLog(output);
  return stderr === process.stderr ? undefined : stderr;
}
