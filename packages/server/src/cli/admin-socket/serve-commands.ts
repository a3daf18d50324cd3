import { Readable } from 'node:stream';
import type { Socket } from 'node:net';
import type { Config } from '../../config/config.ts';
import type { RunningPlatform } from '../../lifecycle/start-platform.ts';
import type { CliIo } from '../cli-io.ts';
import type { ExitCode, ServerOfCommand } from '../command-context.ts';
import { acceptCommands, type AdminSocket } from './accept-commands.ts';
import type { RunRequest } from './protocol.ts';
import { SocketOutput } from './socket-output.ts';

/** Runs a command of the command line. */
export type RunCommand = (args: readonly string[], io: CliIo, server?: ServerOfCommand) => Promise<ExitCode>;

/**
 * Lets a server on the embedded database run commands for those who may enter its data folder.
 *
 * @returns undefined where it can't accept them, or uses PostgreSQL
 */
export async function serveCommands(
  config: Config,
  { log, platform: { database, keyRing } }: RunningPlatform,
  runCommand: RunCommand,
): Promise<AdminSocket | undefined> {
  if (config.database.kind === 'postgres') return undefined;
  return acceptCommands(
    config.database.dataDir,
    {
      run: (request, caller) => {
        const server = { config, database, keyRing, callerPeppers: request.pepperFingerprints };
        return runCommand(request.args, ioOf(request, caller), server);
      },
      pauseWrites: (action) => (database.pauseWrites ?? run)(action),
    },
    log,
  );
}

const run = (action: () => Promise<void>) => action();

const ioOf = (request: RunRequest, caller: Socket): CliIo => ({
  program: request.program,
  env: request.env,
  stdin: Readable.from([request.input]),
  stdout: new SocketOutput(caller, 'stdout', request.stdout),
  stderr: new SocketOutput(caller, 'stderr', request.stderr),
  signals: { listen: () => {}, onStop: () => {} },
});
