// Has a command run by the server that uses the data folder.
import type { Socket } from 'node:net';
import { makeKeyRing } from '../access/key-ring.ts';
import type { Config } from '../config/config.ts';
import { OperatorError } from '../config/operator-error.ts';
import { runOnServer } from './admin-socket/call-server.ts';
import type { CommandContext, ExitCode } from './command-context.ts';
import type { OutputStream } from './cli-io.ts';
import { whyServerMustStop, type DatabaseUse } from './require-database.ts';

/** A command failed on the server, and has printed why. */
export class FailedOnServerError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode) {
    super(`the command failed on the server with ${exitCode}`);
    this.name = new.target.name;
    this.exitCode = exitCode;
  }
}

/** The variables from which Node decides about colors. */
const colorVariables = [
  'FORCE_COLOR',
  'NO_COLOR',
  'NODE_DISABLE_COLORS',
  'TERM',
  'COLORTERM',
  'TERM_PROGRAM',
  'TMUX',
  'CI',
];

/**
 * Has the server run a command.
 *
 * @throws FailedOnServerError where it fails there; OperatorError where it can't run beside a server
 */
export async function runByServer(
  socket: Socket,
  { io, args, input }: CommandContext,
  { config, use }: { readonly config: Config; readonly use: DatabaseUse },
): Promise<void> {
  const reason = whyServerMustStop(use);
  if (reason !== undefined) {
    socket.destroy();
    throw new OperatorError(reason);
  }
  const [pepper, ...older] = config.keyPeppers;
  const fingerprints = pepper === undefined ? [] : makeKeyRing([pepper, ...older]).fingerprints;
  const exitCode = await runOnServer(
    socket,
    {
      args: [...args],
      input: input.textRead,
      program: io.program,
      stdout: describe(io.stdout),
      stderr: describe(io.stderr),
      env: Object.fromEntries(colorVariables.flatMap((name) => pairOf(name, io.env[name]))),
      pepperFingerprints: fingerprints.map((fingerprint) => fingerprint.toString('hex')),
    },
    io,
  );
  if (exitCode !== 0) throw new FailedOnServerError(exitCode);
}

const pairOf = (name: string, value: string | undefined): [string, string][] =>
  value === undefined ? [] : [[name, value]];

const describe = ({ isTTY = false, columns = 0 }: OutputStream) => ({ isTTY, columns });
