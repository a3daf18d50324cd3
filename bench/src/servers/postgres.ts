// The PostgreSQL to measure: from the same npm packages as in the tests, but with fsync, as in production.
import { Client } from 'pg';
import { startPostgres as startServer } from '@rsolv/test-harness/postgres-server';

/** A running PostgreSQL. */
export interface Postgres extends AsyncDisposable {
  /** The URL of its database `postgres`. */
  readonly url: string;
  /** Undefined if the bench did not start it. */
  readonly pid: number | undefined;
}

/** Uses the PostgreSQL at the URL, or starts one. */
export async function startPostgres(url: string | undefined): Promise<Postgres> {
  if (url !== undefined) return { url, pid: undefined, [Symbol.asyncDispose]: async () => {} };
  const postgres = await startServer(18, { settings: ['fsync=on'] });
  return { url: postgres.url, pid: await postgres.pid(), [Symbol.asyncDispose]: () => postgres.stop() };
}

const told = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'shared_buffers',
  'work_mem',
  'max_wal_size',
  'wal_level',
  'max_connections',
  'autovacuum',
  'jit',
];

/** Reads the settings that affect its performance. */
export async function settingsOf(url: string): Promise<Record<string, string>> {
  const rows = await query<{ name: string; setting: string }>(
    url,
    `select name, current_setting(name) as setting from unnest(array['${told.join("','")}']) as name`,
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

/** Runs a statement on a new connection. */
export async function query<Row extends object>(url: string, statement: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}
