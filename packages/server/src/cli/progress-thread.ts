// Draws progress on a terminal until the work is done.
import { writeSync } from 'node:fs';
import { styleText } from 'node:util';
import { workerData } from 'node:worker_threads';

/** Shorter work shows no progress. */
const delayMs = 300;

const frameMs = 100;
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

const clearLine = '\r\u001B[K';

const done: unknown = workerData;
if (!(done instanceof Int32Array)) throw new TypeError('progress-thread.ts needs a flag as its workerData');
const [what = '', fd] = process.argv.slice(2);
const forced = { validateStream: false };
const startedAt = performance.now();
for (let frame = 0; Atomics.wait(done, 0, 0, frame === 0 ? delayMs : frameMs) === 'timed-out'; frame++) {
  const spinner = styleText('cyan', frames[frame % frames.length] ?? '', forced);
  const seconds = styleText('dim', `${((performance.now() - startedAt) / 1000).toFixed(0)} s`, forced);
  writeSync(Number(fd), `${clearLine}${spinner} ${what}… ${seconds}`);
}
writeSync(Number(fd), clearLine);
