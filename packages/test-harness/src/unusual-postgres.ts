import type { TestProject } from 'vitest/node';
import { openDatabase } from '@rsolv/server/database/open-database';
import './provided-context.ts';
import { startPostgres } from './postgres-server.ts';

/** Settings of a database or a role. Each has a value that breaks code which relies on the default. */
const unusualSettings = {
  default_transaction_isolation: 'serializable',
  default_transaction_read_only: 'on',
  default_transaction_deferrable: 'on',
  DateStyle: 'SQL, DMY',
  IntervalStyle: 'sql_standard',
  TimeZone: 'Asia/Kathmandu',
  client_encoding: 'LATIN1',
  standard_conforming_strings: 'off',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  array_nulls: 'off',
  transform_null_equals: 'on',
  exit_on_error: 'on',
  search_path: 'nowhere',
  statement_timeout: '1ms',
  lock_timeout: '1ms',
  idle_in_transaction_session_timeout: '1ms',
  idle_session_timeout: '100ms',
  transaction_timeout: '100ms',
  plan_cache_mode: 'force_custom_plan',
  enable_indexscan: 'off',
  enable_bitmapscan: 'off',
  work_mem: '64kB',
};

/** Starts a PostgreSQL server whose test databases all have unusual settings. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres(18);
  const url = await server.createDatabase();
  const database = await openDatabase({ kind: 'postgres', url, poolSize: 2, timeoutMs: 10_000 });
  await database.migrate();
  await database.close();
  const template = new URL(url).pathname.slice(1);
  project.provide('postgresTemplate', { url: server.url, template, settings: unusualSettings });
  return () => server.stop();
}
