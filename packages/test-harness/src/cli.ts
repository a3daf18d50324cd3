// Runs `rsolv` commands in this process, which is fast. The release tier runs them as users do: in separate processes, from
// the packaged folder.
import { Readable } from 'node:stream';
import { runCli } from '@rsolv/server/cli/run-cli';
import type { CliIo, OutputStream } from '@rsolv/server/cli/cli-io';
import { expect } from 'vitest';
import * as processes from './server-process.ts';
import type { Env, Outcome } from './server-process.ts';
import { isReleaseTier } from './tier.ts';
import { until } from './until.ts';

/** A running `rsolv serve`. */
export interface RunningServer extends AsyncDisposable {
  readonly url: string;
  /** What it has written so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Asks it to stop, waits for its end, and returns its exit code. */
  stop(): Promise<number | null>;
}

/** Runs a command to its end. */
export async function rsolv(args: readonly string[], env: Env, input = ''): Promise<Outcome> {
  if (!isReleaseTier) return start(args, env, { input }).outcome;
  const { stdout, stderr, ...outcome } = await processes.rsolv(args, env, input);
  return { ...outcome, stdout: withShortName(stdout), stderr: withShortName(stderr) };
}

/** Names the program `rsolv` where it names itself by the path that it was started with. */
const withShortName = (text: string): string => text.replaceAll(`'${processes.rsolvFile()}'`, 'rsolv');

/** Runs a command in this process, with a terminal of the given width as its standard output. */
export const rsolvInTerminal = (args: readonly string[], env: Env, columns: number): Promise<Outcome> =>
  start(args, { TERM: 'xterm-256color', ...env }, { columns }).outcome;

/** Runs a command with `--json`, and expects and parses one line of JSON. */
export async function rsolvJson(args: readonly string[], env: Env, input = ''): Promise<unknown> {
  const { stdout, ...outcome } = await rsolv([...args, '--json'], env, input);
  expect(outcome).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^[^\n]+\n$/);
  return JSON.parse(stdout);
}

/** Starts `rsolv serve` on a free port and waits until it has printed its whole greeting. */
export function serve(env: Env): Promise<RunningServer> {
  return isReleaseTier ? processes.serve(env) : serveHere(env, processes.greeting);
}

/** Starts `rsolv serve` in this process, with a terminal as its standard output, and waits until it has greeted. */
export const serveInTerminal = (env: Env, greeting: RegExp): Promise<RunningServer> =>
  serveHere({ TERM: 'dumb', ...env }, greeting, 100);

/** @param greeting its first group is the URL */
async function serveHere(env: Env, greeting: RegExp, columns?: number): Promise<RunningServer> {
  const run = start(['serve'], { PORT: '0', ...env }, columns === undefined ? {} : { columns });
  const url = await Promise.race([
    until('the greeting', () => greeting.exec(run.stdout.text)?.[1], 60_000),
    run.outcome.then(({ stderr }) => Promise.reject(new Error(`rsolv serve ended: ${stderr}`))),
  ]);
  const stop = async () => {
    run.stop();
    return (await run.outcome).code;
  };
  return {
    url,
    get stdout() {
      return run.stdout.text;
    },
    get stderr() {
      return run.stderr.text;
    },
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

/** A command that runs in this process. */
interface Run {
  readonly stdout: Written;
  readonly stderr: Written;
  readonly outcome: Promise<Outcome>;
  /** Stops it, as SIGTERM stops a process. */
  stop(): void;
}

function start(
  args: readonly string[],
  env: Env,
  { input = '', columns }: { input?: string; columns?: number } = {},
): Run {
  const stdout = new Written(columns);
  const stderr = new Written();
  let stop = () => {};
  const io: CliIo = {
    program: 'rsolv',
    env: { ...processes.defaultEnv(env), ...env },
    stdin: Readable.from([input]),
    stdout,
    stderr,
    signals: { listen: () => {}, onStop: (handle) => (stop = handle) },
  };
  const outcome = runCli(args, io).then((code) => ({ code, stdout: stdout.text, stderr: stderr.text }));
  return { stdout, stderr, outcome, stop: () => stop() };
}

/** A stream that collects what is written to it. */
class Written implements OutputStream {
  readonly isTTY: boolean;
  readonly columns: number;
  text = '';

  /** @param columns the width of the terminal; undefined if the stream is not a terminal */
  constructor(columns?: number) {
    this.isTTY = columns !== undefined;
    this.columns = columns ?? 0;
  }

  write(text: string): void {
    this.text += text;
  }
}
