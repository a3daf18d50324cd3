// The command's side of the socket of the server that uses its data folder.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { OperatorError } from '../../config/operator-error.ts';
import { version } from '../../config/version.ts';
import type { CliIo } from '../cli-io.ts';
import { linesOf, parseAnswer, sendRequest, type RunRequest } from './protocol.ts';
import { findSocket } from './socket-address.ts';

/** Connects to the server that uses a data folder. Undefined where there is none, or it accepts no commands. */
export async function connectToServer(dataDir: string): Promise<Socket | undefined> {
  const path = findSocket(dataDir);
  if (path === undefined) return undefined;
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    // The stream of lines fails as well, and tells who reads it.
    socket.on('error', () => {});
    return socket;
  } catch {
    // A server that was killed leaves its socket behind.
    return undefined;
  }
}

/**
 * Runs a command on the server, and prints what it prints.
 *
 * @throws OperatorError where the server refuses the command, or ends before it
 */
export async function runOnServer(
  socket: Socket,
  request: Omit<RunRequest, 'protocol' | 'do'>,
  { stdout, stderr }: Pick<CliIo, 'stdout' | 'stderr'>,
): Promise<0 | 1 | 2> {
  try {
    sendRequest(socket, { do: 'run', ...request });
    for await (const line of linesOf(socket)) {
      const answer = parseAnswer(line);
      if (answer === undefined || 'paused' in answer) break;
      if ('refused' in answer) throw new OperatorError(answer.refused);
      if ('stdout' in answer) stdout.write(answer.stdout);
      else if ('stderr' in answer) stderr.write(answer.stderr);
      else {
        if (answer.exitCode === 2 && answer.version !== version) stderr.write(`${otherVersion(answer.version)}\n`);
        return answer.exitCode;
      }
    }
  } catch (cause) {
    if (cause instanceof OperatorError) throw cause;
  } finally {
    socket.destroy();
  }
  throw new OperatorError(
    'The server stopped before the command ended. Check what was done before you repeat the command.',
  );
}

const otherVersion = (other: string) =>
  `The command ran on the server, which is of release ${other}; this command is of release ${version}. Restart the server.`;

/**
 * Runs an action while the server pauses its writes.
 *
 * @throws OperatorError where the server can't be asked, or the pause ends before the action
 */
export async function withWritesPaused(socket: Socket, dataDir: string, action: () => Promise<void>): Promise<void> {
  try {
    await pauseWrites(socket, dataDir);
    await action();
    if (socket.closed)
      throw new OperatorError(
        `The process that uses the data folder ${dataDir} resumed its writes before the backup was complete. Back up again.`,
      );
  } finally {
    socket.destroy();
  }
}

async function pauseWrites(socket: Socket, dataDir: string): Promise<void> {
  let failure: unknown;
  try {
    sendRequest(socket, { do: 'pauseWrites' });
    for await (const line of linesOf(socket)) {
      const answer = parseAnswer(line);
      if (answer !== undefined && 'refused' in answer) throw new OperatorError(answer.refused);
      if (answer === undefined || !('paused' in answer)) break;
      // To learn when the server disconnects.
      socket.resume();
      return;
    }
  } catch (cause) {
    if (cause instanceof OperatorError) throw cause;
    failure = cause;
  }
  throw new OperatorError(
    `The process that uses the data folder ${dataDir} can't be asked to pause its writes. Stop it, then back up.`,
    { cause: failure },
  );
}
