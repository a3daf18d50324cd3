import { text } from 'node:stream/consumers';
import type { CliIo } from './cli-io.ts';

/** Standard input, remembered for a server that runs the command. */
export class CommandInput {
  readonly #io: Pick<CliIo, 'stdin'>;
  #read = '';

  constructor(io: Pick<CliIo, 'stdin'>) {
    this.#io = io;
  }

  /** Reads all of it. */
  async read(): Promise<string> {
    this.#read = await text(this.#io.stdin);
    return this.#read;
  }

  /** What was read so far. */
  get textRead(): string {
    return this.#read;
  }
}
