// How a command asks the process that holds a data folder to keep its files as they are, while it copies them: by a socket
// in the folder, which whoever may read the folder may use.
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OperatorError } from '../../config/operator-error.ts';

/** Nobody waits longer for whoever copies. */
const limitMs = 10 * 60_000;

const socketOf = (dataDir: string) => join(dataDir, 'backup.sock');

/** Keeps the files as they are while an action goes on. */
type KeepStill = (action: () => Promise<void>) => Promise<void>;

/**
 * Lets others ask for stillness until it is closed. A folder whose path is too long for a socket, or whose file system has
 * none, can be backed up only while nobody holds it.
 */
export async function offerStillness(dataDir: string, keepStill: KeepStill): Promise<{ close: () => void }> {
  const asking = new Set<Socket>();
  const server = createServer((socket) => {
    asking.add(socket);
    socket.on('close', () => asking.delete(socket));
    socket.on('error', () => {});
    // Whoever asked is told by the end of the connection.
    keepStill(() => letCopy(socket)).catch(() => socket.destroy());
  });
  const path = socketOf(dataDir);
  // One that is left of a process that was killed; the folder is held, so nobody listens there.
  rmSync(path, { force: true });
  await Promise.race([once(server.listen(path), 'listening'), once(server, 'error')]).catch(() => {});
  server.unref();
  return {
    close: () => {
      server.close();
      for (const socket of asking) socket.destroy();
    },
  };
}

async function letCopy(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  const done = once(socket, 'close').catch(() => {});
  socket.write('still\n');
  socket.resume();
  await Promise.race([done, delay(limitMs, undefined, { ref: false })]);
  socket.destroy();
}

/**
 * Does something while the process that holds the folder keeps its files as they are.
 *
 * @throws OperatorError where that process can't be asked, or ends or gives up meanwhile
 */
export async function withStillness(dataDir: string, action: () => Promise<void>): Promise<void> {
  const socket = connect(socketOf(dataDir));
  const closed = once(socket, 'close');
  closed.catch(() => {});
  try {
    const isAnswered = await Promise.race([once(socket, 'data').then(() => true), closed.then(() => false)]);
    if (!isAnswered) throw new Error('it has ended');
  } catch (cause) {
    throw new OperatorError(
      `The process that holds the data folder ${dataDir} can't be asked to wait. Stop it, then back up.`,
      { cause },
    );
  }
  let isStill = true;
  socket.on('close', () => (isStill = false));
  socket.on('error', () => {});
  socket.resume();
  try {
    await action();
    if (!isStill) throw new OperatorError(`The process that holds the data folder ${dataDir} did not wait: try again.`);
  } finally {
    socket.destroy();
  }
}
