// Runs commands in a pseudo-terminal with `script`, which is in an essential package of Debian and Ubuntu.
import { spawnSync } from 'node:child_process';
import { run, type Env } from './server-process.ts';

/** Whether this machine has the `script` of util-linux. */
export const hasTerminal = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout);

/** Returns the command line that runs a Bash command in a terminal of this width. */
export function inTerminal(command: string, columns = 100): [string, ...string[]] {
  return ['script', '--quiet', '--return', '--command', `stty cols ${columns} rows 40 -onlcr; ${command}`, '/dev/null'];
}

/** Runs a Bash command in a terminal, and returns its output. */
export async function typed(command: string, env: Env, columns?: number): Promise<string> {
  const { stdout } = await run(inTerminal(command, columns), { TERM: 'xterm-256color', ...env });
  return stdout;
}
