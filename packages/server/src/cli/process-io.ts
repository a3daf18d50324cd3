import { basename } from 'node:path';
import type { CliIo, StopSignals } from './cli-io.ts';
import { shellWord } from './shell-word.ts';

/** The command line's surroundings in this process. */
export function processIo(signals: StopSignals): CliIo {
  const { env, stdout, stderr } = process;
  // A reader such as head may close the pipe early. The command still finishes its work.
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  return {
    program: programName(process.argv[1] ?? 'rsolv'),
    env,
    // Node opens it when it is first read here.
    get stdin() {
      return process.stdin;
    },
    stdout,
    stderr,
    signals,
  };
}

/** How users call the program in this file. */
function programName(file: string): string {
  if (basename(file) === 'main.ts') return 'npm run rsolv --';
  return shellWord(file);
}
