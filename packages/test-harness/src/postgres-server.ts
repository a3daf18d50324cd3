// Runs real PostgreSQL servers of each supported release, from npm packages.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDatabase, type DatabaseOptions } from './create-database.ts';
import { installedPrograms, runnablePrograms, type PostgresRelease } from './postgres-programs.ts';
import { giveToServerUser, makeServerFolder, serverUser } from './server-user.ts';

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
  const folder = await makeServerFolder(`postgres-${release}`);
  const { initdb, postgres } = await runnablePrograms(installedPrograms(release), folder);
  const databaseDir = await initialize(initdb, folder);
  await prepare?.(databaseDir);
  await giveToServerUser(folder);
  const port = await freePort();
  // Tests need no durability across a crash of the operating system.
  const flags = ['fsync=off', 'max_connections=300', ...settings].flatMap((setting) => ['-c', setting]);
  const start = () => startProcess(postgres, ['-D', databaseDir, '-p', String(port), ...flags]);
  let server = await start();
  const url = `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`;
  const interrupt = () => end(server, 'SIGINT');
  return {
    url,
    createDatabase: (options) => createDatabase(url, options),
    interrupt,
    pid: async () => Number.parseInt(await readFile(join(databaseDir, 'postmaster.pid'), 'utf8'), 10),
    // Immediate shutdown. Its children end with it, unlike after SIGKILL.
    crash: () => end(server, 'SIGQUIT'),
    resume: async () => void (server = await start()),
    stop: async () => {
      await interrupt();
      await rm(folder, { recursive: true });
    },
  };
}

/** Creates the files of a server in a folder. Returns their folder. */
async function initialize(initdb: string, folder: string): Promise<string> {
  const [databaseDir, passwordFile] = [join(folder, 'data'), join(folder, 'password')];
  await writeFile(passwordFile, 'postgres\n');
  await giveToServerUser(passwordFile);
  const login = ['--auth=password', '--username=postgres', `--pwfile=${passwordFile}`];
  // The same on each machine, and messages in English: a start is complete when its message says so.
  const locale = [
    '--encoding=UTF8',
    `--locale=${process.platform === 'linux' ? 'C.UTF-8' : 'C'}`,
    '--lc-messages=C',
    '--no-sync',
  ];
  await promisify(execFile)(initdb, [`--pgdata=${databaseDir}`, ...login, ...locale], { ...serverUser, cwd: folder });
  return databaseDir;
}

/** Starts the program, and waits until it accepts connections. */
async function startProcess(program: string, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(program, args, { ...serverUser, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
  endWithThisProcess(child);
  let log = '';
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    // The log is read to the end, so that the server never waits for it, and kept until the server has started.
    log = log.slice(-10_000) + chunk;
    if (log.includes('database system is ready to accept connections')) resolve();
  });
  child.once('error', reject);
  child.once('close', (code) => reject(new Error(`PostgreSQL ended with ${code}: ${log}`)));
  await ready;
  return child;
}

/** Sends a signal, and waits for the end. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

const running = new Set<ChildProcess>();

/** Ends the server if this process ends before the server was stopped. */
function endWithThisProcess(child: ChildProcess): void {
  if (running.size === 0) for (const event of endings) process.on(event, endServers);
  running.add(child);
  child.once('exit', () => {
    running.delete(child);
    if (running.size === 0) for (const event of endings) process.off(event, endServers);
  });
}

/** A terminal sends Ctrl-C to the servers too. */
const endings = ['exit', 'SIGTERM', 'SIGHUP'] as const;

function endServers(cause: unknown): void {
  for (const child of running) child.kill('SIGQUIT');
  if (cause !== 'SIGTERM' && cause !== 'SIGHUP') return;
  for (const event of endings) process.off(event, endServers);
  // Unless something else handles the signal, it ends this process, as without this listener.
  if (process.listenerCount(cause) === 0) process.kill(process.pid, cause);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
