import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/database.ts';
import { startPostgres } from './postgres-server.ts';

/** Starts a real PostgreSQL and makes a migrated database in it for the test files to copy. */
export default async function setup({ provide }: TestProject) {
  const server = await startPostgres(18);
  const url = await server.createDatabase();
  const database = await openDatabase({ kind: 'postgres', url, poolSize: 2 });
  await database.migrate();
  await database.close();
  provide('databaseTemplate', { kind: 'postgres', url: server.url, template: new URL(url).pathname.slice(1) });
  return () => server.stop();
}
