import type { TestProject } from 'vitest/node';
import { openDatabase } from '@rsolv/server/database/open-database';
import './provided-context.ts';
import { startPostgres } from './postgres-server.ts';
import { provideOnce } from './provide-once.ts';

/** Starts a PostgreSQL server with a migrated database for tests to copy. */
export default function setup(project: TestProject) {
  return provideOnce(project, 'postgresTemplate', async () => {
    const server = await startPostgres(18);
    const url = await server.createDatabase();
    const database = await openDatabase({ kind: 'postgres', url, poolSize: 2, timeoutMs: 10_000 });
    await database.migrate();
    await database.close();
    const template = new URL(url).pathname.slice(1);
    return { value: { url: server.url, template }, remove: () => server.stop() };
  });
}
