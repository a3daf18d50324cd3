// For whoever waits in front of a terminal; elsewhere nothing is written.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { DatabaseConfig } from '../config/config.ts';

let isShown = false;
const heldBack: string[] = [];

/** Says what is done, and for how long already, until it is done. */
export async function withProgress<T>(what: string, work: () => Promise<T>): Promise<T> {
  const { stderr } = process;
  if (!stderr.isTTY) return work();
  // Without colours, as on TERM=dumb, there may be no way back on a line either.
  if (!stderr.hasColors()) {
    stderr.write(`${what}…\n`);
    return work();
  }
  const done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  // A thread of its own: the embedded database keeps this one busy for seconds.
  const thread = new Worker(new URL('progress-thread.ts', import.meta.url), { argv: [what], workerData: done });
  // Were it to fail, the work would go on.
  thread.on('error', () => {});
  const gone = new Promise((resolve) => thread.once('exit', resolve));
  isShown = true;
  try {
    return await work();
  } finally {
    Atomics.store(done, 0, 1);
    Atomics.notify(done, 0);
    await gone;
    isShown = false;
    for (const line of heldBack.splice(0)) stderr.write(line);
  }
}

/** Writes to standard error, once no progress is shown there. */
export function writeError(text: string): void {
  if (isShown) heldBack.push(text);
  else process.stderr.write(text);
}

/** What opening a database is called while it lasts. */
export function openingOf(database: DatabaseConfig): string {
  if (database.kind === 'postgres') return 'Opening PostgreSQL';
  return existsSync(join(database.dataDir, 'database')) ? 'Opening the database' : 'Making the database, this once';
}
