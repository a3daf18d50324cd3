// The `rsolv` command as users run it: a process of its own, from the packaged folder, which knows only the environment it
// is given.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, inject } from 'vitest';
import { testPeppers } from './key-ring.ts';
import { until } from './until.ts';

/** The command's file, in the packaged folder. */
export const rsolvFile = () => join(inject('packagedPlatform'), 'bin/rsolv');

/** Settings of the person who runs the tests must not reach the processes. */
const baseEnv = { PATH: process.env['PATH'], HOME: process.env['HOME'] };

/** Environment variables: the settings that a test is about. */
export type Env = Readonly<Record<string, string>>;

/** How a process ended. */
export interface Outcome {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs any program to its end. */
export async function run(program: readonly string[], env: Env = {}, input = '', cwd?: string): Promise<Outcome> {
  const child = start(program, env, cwd);
  // A process that ends without reading its input is fine.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
}

/** Runs an `rsolv` command to its end. */
export function rsolv(args: readonly string[], env: Env, input = '', within: readonly string[] = []): Promise<Outcome> {
  return run([...within, rsolvFile(), ...args], env, input);
}

/** Runs an `rsolv` command with `--json` and answers what it printed, which has to be one line of JSON. */
export async function rsolvJson(args: readonly string[], env: Env, input = ''): Promise<unknown> {
  const { stdout, ...outcome } = await rsolv([...args, '--json'], env, input);
  expect(outcome).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^[^\n]+\n$/);
  return JSON.parse(stdout);
}

/** The one line on stderr in which a command told why it can't be done; it has to have done nothing else. */
export function refusalOf(outcome: Outcome): string {
  expect(outcome).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/^[^\n]+\n$/) });
  return outcome.stderr;
}

/** A running `rsolv serve`. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** What it wrote so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Sends the signal and waits for the end; the exit code, null where the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts `rsolv serve` on a free port and waits for all of its greeting.
 *
 * @param within what to put in front of the command
 */
export function serve(env: Env, within: readonly string[] = []): Promise<ServerProcess> {
  return serveBy([...within, rsolvFile(), 'serve'], env);
}

/** Starts a server by any program; with a pattern for its greeting, whose first group is the URL, where that is another. */
export async function serveBy(program: readonly string[], env: Env, greeting = plainGreeting): Promise<ServerProcess> {
  const child = start(program, { PORT: '0', ...env });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const closed = once(child, 'close');
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await closed;
    return child.exitCode;
  };
  try {
    const url = await until(
      'the greeting',
      () => {
        if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}: ${stdout}${stderr}`);
        return greeting.exec(stdout)?.[1];
      },
      60_000,
    );
    return {
      url,
      pid: child.pid ?? 0,
      get stdout() {
        return stdout;
      },
      get stderr() {
        return stderr;
      },
      end,
      [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
    };
  } catch (cause) {
    await end('SIGKILL');
    throw cause;
  }
}

/** From the first line, which has the URL, to whichever line is the last. */
const plainGreeting =
  /^RSOLV phase data platform: (\S+), [^]*(\nData: PostgreSQL|\nThe API key was shown|\/pull\/43[^]*\n\n$)/;

/** The API key that the greeting of a first start shows. */
export function shownKey({ stdout }: ServerProcess): string {
  const key = /^ {2}(rsolv_\w{49})$/m.exec(stdout)?.[1];
  if (key === undefined) throw new Error(`No API key in: ${stdout}`);
  return key;
}

/** A folder that is gone with the test. */
export async function makeFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'rsolv-processes-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** Starts any program. */
export function start(
  [command = '', ...args]: readonly string[],
  env: Env,
  cwd?: string,
): ChildProcessWithoutNullStreams {
  return spawn(command, args, { env: { ...baseEnv, ...pepperFor(env), ...env }, cwd, stdio: 'pipe' });
}

/** With PostgreSQL, it has to be given. */
const pepperFor = ({ DATABASE_URL }: Env): Env =>
  DATABASE_URL === undefined ? {} : { RSOLV_KEY_PEPPER: testPeppers.join() };
