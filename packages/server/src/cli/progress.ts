// Progress of slow work, for users who wait in front of a terminal. Nothing is shown elsewhere.
import { Worker } from 'node:worker_threads';
import type { OutputStream } from './cli-io.ts';

/** Shows progress on a stream, and keeps other output back while it does. */
export class Progress {
  readonly #stream: OutputStream;
  readonly #isColored: boolean;
  #isShown = false;
  readonly #keptBack: string[] = [];

  constructor(stream: OutputStream, isColored: boolean) {
    this.#stream = stream;
    this.#isColored = isColored;
  }

  /** Shows what is being done, and for how long, until the work has ended. */
  async show<T>(what: string, work: () => Promise<T>): Promise<T> {
    const { isTTY, fd } = this.#stream;
    if (!isTTY || fd === undefined) return work();
    // A terminal without colors, as with TERM=dumb, may not be able to clear a line either.
    if (!this.#isColored) {
      this.#stream.write(`${what}…\n`);
      return work();
    }
    const done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    // In a thread, since the embedded database blocks this one for seconds.
    const thread = new Worker(new URL('progress-thread.ts', import.meta.url), { argv: [what, fd], workerData: done });
    // A failure of the thread must not stop the work.
    thread.on('error', () => {});
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    this.#isShown = true;
    try {
      return await work();
    } finally {
      Atomics.store(done, 0, 1);
      Atomics.notify(done, 0);
      await ended;
      this.#isShown = false;
      for (const text of this.#keptBack.splice(0)) this.#stream.write(text);
    }
  }

  /** Writes to the stream, once it shows no progress. */
  write(text: string): void {
    if (this.#isShown) this.#keptBack.push(text);
    else this.#stream.write(text);
  }
}
