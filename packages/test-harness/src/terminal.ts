// Commands as they run in a terminal: a pseudo-terminal, by `script`, which Debian and Ubuntu have as an essential package.
import { spawnSync } from 'node:child_process';
import { run, type Env } from './server-process.ts';

/** Whether this machine has util-linux's script. */
export const hasTerminal = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout);

/** What runs a command of bash in a terminal that is so wide. */
export function inTerminal(command: string, columns = 100): [string, ...string[]] {
  return ['script', '--quiet', '--return', '--command', `stty cols ${columns} rows 40 -onlcr; ${command}`, '/dev/null'];
}

/** Runs a command of bash in a terminal, and answers all that it wrote there. */
export async function typed(command: string, env: Env, columns?: number): Promise<string> {
  const { stdout } = await run(inTerminal(command, columns), { TERM: 'xterm-256color', ...env });
  return stdout;
}
