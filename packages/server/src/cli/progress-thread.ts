// Draws progress on standard error until it is told that the work is done.
import { writeSync } from 'node:fs';
import { styleText } from 'node:util';
import { workerData } from 'node:worker_threads';

/** Work shorter than this is not worth a word. */
const patienceMs = 300;

const frameMs = 100;
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

const clearLine = '\r\u001B[K';
const standardError = 2;

const done: unknown = workerData;
if (!(done instanceof Int32Array)) throw new TypeError('progress-thread.ts needs a flag as its workerData');

const [what = ''] = process.argv.slice(2);
const colored = { validateStream: false };
const startedAt = performance.now();
for (let frame = 0; Atomics.wait(done, 0, 0, frame === 0 ? patienceMs : frameMs) === 'timed-out'; frame++) {
  const spinner = styleText('cyan', frames[frame % frames.length] ?? '', colored);
  const seconds = styleText('dim', `${((performance.now() - startedAt) / 1000).toFixed(0)} s`, colored);
  writeSync(standardError, `${clearLine}${spinner} ${what}… ${seconds}`);
}
writeSync(standardError, clearLine);
