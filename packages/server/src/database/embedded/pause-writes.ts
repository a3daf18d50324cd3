// How `rsolv backup` asks the server that uses a data folder to pause its writes while the files are copied: by a socket in
// the folder, for whoever may read the folder.
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OperatorError } from '../../config/operator-error.ts';

/** How long a backup may pause the writes. */
const maxPauseMs = 10 * 60_000;

const socketPath = (dataDir: string) => join(dataDir, 'backup.sock');

/** Runs an action while the files do not change. */
type PauseWrites = (action: () => Promise<void>) => Promise<void>;

/**
 * Accepts requests to pause writes until it is closed. Without a socket, because the folder's path is too long or its file
 * system has none, the folder can be backed up only while no server uses it.
 */
export async function acceptPauseRequests(dataDir: string, pauseWrites: PauseWrites): Promise<{ close: () => void }> {
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    clients.add(socket);
    socket.on('close', () => clients.delete(socket));
    socket.on('error', () => {});
    // The end of the connection tells the client that the pause failed or is over.
    pauseWrites(() => holdPause(socket)).catch(() => socket.destroy());
  });
  const path = socketPath(dataDir);
  // A killed process leaves its socket behind. This process has locked the folder, so nobody listens on it.
  rmSync(path, { force: true });
  await Promise.race([once(server.listen(path), 'listening'), once(server, 'error')]).catch(() => {});
  server.unref();
  return {
    close: () => {
      server.close();
      for (const socket of clients) socket.destroy();
    },
  };
}

/** Keeps the pause until the client disconnects. */
async function holdPause(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  const disconnected = once(socket, 'close').catch(() => {});
  socket.write('paused\n');
  socket.resume();
  await Promise.race([disconnected, delay(maxPauseMs, undefined, { ref: false })]);
  socket.destroy();
}

/**
 * Runs an action while the server that uses the data folder pauses its writes.
 *
 * @throws OperatorError when the server can't be asked, or the pause ends before the action
 */
export async function withWritesPaused(dataDir: string, action: () => Promise<void>): Promise<void> {
  const socket = connect(socketPath(dataDir));
  const closed = once(socket, 'close');
  closed.catch(() => {});
  try {
    const isPaused = await Promise.race([once(socket, 'data').then(() => true), closed.then(() => false)]);
    if (!isPaused) throw new Error('the server has disconnected');
  } catch (cause) {
    throw new OperatorError(
      `The process that uses the data folder ${dataDir} can't be asked to pause its writes. Stop it, then back up.`,
      { cause },
    );
  }
  let isPaused = true;
  socket.on('close', () => (isPaused = false));
  socket.on('error', () => {});
  socket.resume();
  try {
    await action();
    if (!isPaused)
      throw new OperatorError(
        `The process that uses the data folder ${dataDir} resumed its writes before the backup was complete. Back up again.`,
      );
  } finally {
    socket.destroy();
  }
}
