// Runs PgBouncer between servers and PostgreSQL. It gives each transaction any free connection.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './postgres-server.ts';
import { giveToServerUser, makeServerFolder, serverUser } from './server-user.ts';
import { until } from './until.ts';

export interface Pooler extends AsyncDisposable {
  /** The URL of the database through the pooler. */
  readonly url: string;
}

/** Starts PgBouncer with its defaults, except for a small pool, so that clients do share connections. */
export async function startPgbouncer(program: string, databaseUrl: string): Promise<Pooler> {
  const { hostname, port, username, password } = new URL(databaseUrl);
  const listenPort = await freePort();
  const folder = await makeServerFolder('pgbouncer');
  const settings = join(folder, 'pgbouncer.ini');
  await writeFile(
    settings,
    `[databases]
* = host=${hostname} port=${port} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
`,
  );
  await giveToServerUser(folder);
  const asUser = serverUser === undefined ? [] : ['-u', serverUser.name];
  const child = spawn(program, [...asUser, settings], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  let log = '';
  child.stderr.on('data', (chunk) => (log += String(chunk)));
  await until('PgBouncer', () => {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended: ${log}`);
    return log.includes('process up') || undefined;
  });
  return {
    url: Object.assign(new URL(databaseUrl), { hostname: '127.0.0.1', port: String(listenPort) }).href,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGINT');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
