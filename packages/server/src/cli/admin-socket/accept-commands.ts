// A server on the embedded database runs commands for those who may enter its data folder, and pauses its writes for their
// backups. Nobody else could use the folder while the server does.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { version } from '../../config/version.ts';
import { describeFailure } from '../../observability/describe-failure.ts';
import { linesOf, parseRequest, sendAnswer, type RunRequest } from './protocol.ts';
import { socketCandidates, type SocketCandidate } from './socket-address.ts';

/** A request has the arguments of a command, and a key to import. */
const maxRequestLength = 1024 ** 2;

/** How long a caller may take to send its request. */
const requestTimeoutMs = 10_000;

/** Callers beyond that are disconnected at once. */
const maxCallers = 20;

/** How long a server that stops waits for commands. */
const stopTimeoutMs = 2_000;

/** How long a backup may pause the writes. */
const maxPauseMs = 10 * 60_000;

/** What a server does for commands. */
export interface AdminWork {
  /** Runs a command of the command line for a caller. */
  run(request: RunRequest, caller: Socket): Promise<0 | 1 | 2>;
  /** Runs an action while nothing writes to the files of the database. */
  pauseWrites(action: () => Promise<void>): Promise<void>;
}

/** The socket that a server accepts commands at. */
export interface AdminSocket {
  /** Ends pauses, waits shortly for commands, and disconnects their callers. */
  close(): Promise<void>;
}

/**
 * Accepts commands until it is closed.
 *
 * @returns undefined where the system has no socket for that; commands then need the server to be stopped
 */
export async function acceptCommands(dataDir: string, work: AdminWork, log: Logger): Promise<AdminSocket | undefined> {
  const callers = new Callers(work, log);
  const server = createServer((socket) => void callers.serve(socket));
  server.maxConnections = maxCallers;
  for (const candidate of socketCandidates(dataDir)) {
    if (await listensAt(server, candidate)) {
      server.unref();
      const close = async () => {
        server.close();
        candidate.remove();
        await callers.disconnect();
      };
      let closed: Promise<void> | undefined;
      return { close: () => (closed ??= close()) };
    }
    candidate.remove();
  }
  log.warn('There is no socket for commands here, so they need this server to be stopped.');
  return undefined;
}

async function listensAt(server: Server, candidate: SocketCandidate): Promise<boolean> {
  try {
    // `once` rejects with an error that comes first.
    await once(server.listen(candidate.path), 'listening');
    candidate.publish();
    return true;
  } catch {
    return false;
  }
}

/** The commands that are connected. */
class Callers {
  readonly #work: AdminWork;
  readonly #log: Logger;
  readonly #sockets = new Set<Socket>();
  readonly #running = new Map<Socket, Promise<void>>();

  constructor(work: AdminWork, log: Logger) {
    this.#work = work;
    this.#log = log;
  }

  /** Serves one caller. Whatever the caller does, this does not fail. */
  async serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
    try {
      const request = await readRequest(socket);
      // To learn when the caller disconnects.
      socket.resume();
      if (request === undefined) {
        const refused = `The server is of release ${version} and does not understand this command. Use the same release.`;
        sendAnswer(socket, { refused });
      } else if (request.do === 'pauseWrites') {
        await this.#work.pauseWrites(() => holdPause(socket));
      } else {
        const command = this.#run(request, socket);
        this.#running.set(socket, command);
        await command.finally(() => this.#running.delete(socket));
      }
    } catch {
      // The caller sent no request, or disconnected.
    }
    // Not `end`, which waits for a caller that goes on sending.
    socket.destroySoon();
  }

  /** Ends every pause at once, and gives commands a moment to end. */
  async disconnect(): Promise<void> {
    // First, since a command may wait for the end of a pause.
    for (const socket of this.#sockets) if (!this.#running.has(socket)) socket.destroy();
    const ended = Promise.all(this.#running.values());
    if (this.#running.size > 0) await Promise.race([ended, delay(stopTimeoutMs, undefined, { ref: false })]);
    for (const socket of this.#sockets) socket.destroy();
  }

  async #run(request: RunRequest, socket: Socket): Promise<void> {
    let exitCode: 0 | 1 | 2 = 1;
    try {
      exitCode = await this.#work.run(request, socket);
    } catch (thrown) {
      if (socket.destroyed) return;
      // The arguments may hold secrets, so the log has none of them.
      this.#log.error({ failure: describeFailure(thrown) }, 'a command of the command line failed');
      sendAnswer(socket, { stderr: 'The command failed for a reason that the log of the server has.\n' });
    }
    if (!socket.destroyed) sendAnswer(socket, { exitCode, version });
  }
}

/** @throws where there is no request in time, or a too long one */
async function readRequest(socket: Socket) {
  const timer = setTimeout(() => socket.destroy(), requestTimeoutMs).unref();
  try {
    for await (const line of linesOf(socket, maxRequestLength)) {
      if (line.length > maxRequestLength) break;
      return parseRequest(line);
    }
  } finally {
    clearTimeout(timer);
  }
  throw new Error('there is no request');
}

/** Keeps the pause until the caller disconnects. */
async function holdPause(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  const disconnected = once(socket, 'close').catch(() => {});
  sendAnswer(socket, { paused: true });
  await Promise.race([disconnected, delay(maxPauseMs, undefined, { ref: false })]);
  socket.destroy();
}
