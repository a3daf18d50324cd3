import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Environment variables. */
export type Env = Readonly<Record<string, string>>;

/** A running server that is ready. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** The time from the start of the process until it was ready. */
  readonly readyAfterMs: number;
}

/** The server to start. */
export interface ServerToStart {
  /** The file that Node.js runs, and its arguments. */
  readonly program: readonly string[];
  readonly env: Env;
  readonly port: number;
  /** The path that returns 200 when the server is ready. */
  readonly readyPath: string;
  /** The file for all of its output. */
  readonly logFile: string;
}

/** Starts a server and waits until it is ready. It gets only the given environment. */
export async function startServer({ program, env, port, readyPath, logFile }: ServerToStart): Promise<ServerProcess> {
  const log = openSync(logFile, 'a');
  const startedAt = performance.now();
  const child = spawn(process.execPath, program, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: String(port), ...env },
    stdio: ['ignore', log, log],
  });
  const closed = once(child, 'close');
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await isReady(url + readyPath)); tries++) {
    if (child.exitCode !== null || tries > 6000) {
      child.kill('SIGKILL');
      throw new Error(`${program.join(' ')} does not get ready: ${readFileSync(logFile, 'utf8').slice(-2000)}`);
    }
    await sleep(5);
  }
  return {
    url,
    pid: child.pid ?? 0,
    readyAfterMs: performance.now() - startedAt,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await closed;
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
