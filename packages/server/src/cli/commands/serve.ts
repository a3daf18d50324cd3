import type { Command } from 'commander';
import type { DestinationStream } from 'pino';
import { readConfig, type Config } from '../../config/config.ts';
import { unknownVariableWarnings } from '../../config/variables.ts';
import { serveCommands, type RunCommand } from '../admin-socket/serve-commands.ts';
import type { CommandContext } from '../command-context.ts';
import { greet } from '../greeting.ts';
import { addSettingsHelp } from '../settings-help.ts';
import { terminalLog } from '../terminal-log.ts';
import { describeOpening } from '../with-database.ts';

/** @param runCommand runs the commands that arrive while the server uses the embedded database */
export function addServeCommand(program: Command, context: CommandContext, runCommand: RunCommand): void {
  const { io, output } = context;
  const command = program
    .command('serve')
    .description('run the platform until it is stopped')
    .action(async () => {
      const warnings = unknownVariableWarnings(io.env);
      const config = readConfigOrWarn(context, warnings);
      io.signals.listen();
      const { startPlatform } = await import('../../lifecycle/start-platform.ts');
      const platform = await output.withProgress(describeOpening(config.database), () =>
        startPlatform(config, { logTo: logFor(context), warnings }),
      );
      const commands = await serveCommands(config, platform, runCommand);
      const stop = async () => {
        await commands?.close();
        await platform.stop();
      };
      const stopped = new Promise<void>((resolve, reject) => {
        io.signals.onStop(() => void stop().then(resolve, reject));
      });
      try {
        await greet(platform, { config, acceptsCommands: commands !== undefined, ...context });
      } catch (thrown) {
        await stop();
        throw thrown;
      }
      await stopped;
    });
  addSettingsHelp(command);
}

/** Prints the warnings where there will be no log: a misspelt name may be the reason. */
function readConfigOrWarn({ io, output }: CommandContext, warnings: readonly string[]): Config {
  try {
    return readConfig(io.env);
  } catch (thrown) {
    for (const warning of warnings) output.printWarning(warning);
    throw thrown;
  }
}

/** Where the log goes: formatted for people on a terminal; undefined for the process's own standard error. */
function logFor({ io: { stderr }, output }: CommandContext): DestinationStream | undefined {
  if (stderr.isTTY) return terminalLog(output);
  return stderr === process.stderr ? undefined : stderr;
}
