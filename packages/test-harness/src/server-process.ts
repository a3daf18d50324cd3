// Runs the `rsolv` program as users do: as a process from the packaged folder, with only the environment that a test passes.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, inject } from 'vitest';
import { z } from 'zod';
import { testPeppers } from './key-ring.ts';
import { until } from './until.ts';

/** The program's file in the packaged folder. */
export const rsolvFile = () => join(inject('packagedPlatform'), 'bin/rsolv');

/** Environment variables. */
export type Env = Readonly<Record<string, string>>;

/** How a process ended. */
export interface Outcome {
  /** Null if a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs any program to its end. */
export async function run(program: readonly string[], env: Env = {}, input = '', cwd?: string): Promise<Outcome> {
  const child = start(program, env, cwd);
  // The program may end without reading its input.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
}

/**
 * Runs an `rsolv` command to its end.
 *
 * @param within what to put in front of the command
 */
export function rsolv(args: readonly string[], env: Env, input = '', within: readonly string[] = []): Promise<Outcome> {
  return run([...within, rsolvFile(), ...args], env, input);
}

/** Expects that a command failed with one line on standard error and no other output. Returns that line. */
export function refusalOf(outcome: Outcome): string {
  expect(outcome).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/^[^\n]+\n$/) });
  return outcome.stderr;
}

/** A process that runs `rsolv serve`. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** What it has written so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Sends a signal and waits for the end. Returns the exit code, or null if the signal ended the process. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Stops it as service managers do. */
  stop(): Promise<number | null>;
}

/**
 * Starts `rsolv serve` on a free port and waits until it has printed its whole greeting.
 *
 * @param within what to put in front of the command
 */
export function serve(env: Env, within: readonly string[] = []): Promise<ServerProcess> {
  return serveBy([...within, rsolvFile(), 'serve'], env);
}

/** Starts a server by any program. The first group of `pattern`, which matches its greeting, is the URL. */
export async function serveBy(
  program: readonly string[],
  env: Env,
  { pattern = greeting, timeoutMs = 60_000 } = {},
): Promise<ServerProcess> {
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
        return pattern.exec(stdout)?.[1];
      },
      timeoutMs,
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
      stop: () => end('SIGTERM'),
      [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
    };
  } catch (cause) {
    await end('SIGKILL');
    throw cause;
  }
}

/** The greeting outside a terminal: one line of JSON, which begins a line. */
export const greeting = /^\{.*"msg":"running".*"url":"([^"]+)".*\}\n/m;

/** The greeting's fields. */
export function greetingOf({ stdout }: { readonly stdout: string }): Readonly<Record<string, string>> {
  const [line = ''] = greeting.exec(stdout) ?? [];
  return z.record(z.string(), z.string()).parse(JSON.parse(line));
}

/**
 * The API key of the first start, from its file.
 *
 * @param file the file, where the server sees it at another path
 */
export function firstKey(server: { readonly stdout: string }, file = greetingOf(server)['keyFile'] ?? ''): string {
  const key = readFileSync(file, 'utf8').trim();
  expect(key).toMatch(/^rsolv_\w{49}$/);
  return key;
}

/** A temporary folder, deleted with the test. */
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
  // The environment variables of the test run must not reach the process.
  const { PATH, HOME } = process.env;
  // Node's pipes are sockets. If its standard input is a socket, Bash reads ~/.bashrc, unless SHLVL says it is a nested shell.
  const base = { PATH, HOME, SHLVL: '1', ...defaultEnv(env) };
  return spawn(command, args, { env: { ...base, ...env }, cwd, stdio: 'pipe' });
}

/** Adds the pepper, which is a required setting with PostgreSQL. */
export const defaultEnv = ({ DATABASE_URL }: Env): Env =>
  DATABASE_URL === undefined ? {} : { RSOLV_KEY_PEPPER: testPeppers.join() };
