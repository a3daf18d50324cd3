import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { OutputStream } from '../cli-io.ts';
import { sendAnswer, type RunRequest } from './protocol.ts';

/** The standard output or standard error of a command's caller, at the other end of a socket. */
export class SocketOutput implements OutputStream {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly #socket: Socket;
  readonly #name: 'stdout' | 'stderr';

  constructor(socket: Socket, name: 'stdout' | 'stderr', { isTTY, columns }: RunRequest['stdout']) {
    this.#socket = socket;
    this.#name = name;
    this.isTTY = isTTY;
    this.columns = columns;
  }

  write(text: string): void {
    if (!this.#socket.destroyed)
      sendAnswer(this.#socket, this.#name === 'stdout' ? { stdout: text } : { stderr: text });
  }

  /** @throws where the caller has disconnected */
  async drained(): Promise<void> {
    const socket = this.#socket;
    if (socket.writableNeedDrain) {
      const waiting = new AbortController();
      const { signal } = waiting;
      await Promise.race([once(socket, 'drain', { signal }), once(socket, 'close', { signal })]).catch(() => {});
      waiting.abort();
    }
    if (socket.destroyed) throw new Error('the caller of the command has disconnected');
  }
}
