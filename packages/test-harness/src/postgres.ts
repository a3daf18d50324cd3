import type { TestProject } from 'vitest/node';
import { openDatabase } from '@rsolv/server/database/open-database';
import { shareTemplate } from './database-template.ts';
import { startPostgres } from './postgres-server.ts';

/** Starts a real PostgreSQL and makes a migrated database in it for tests to copy. */
export default function setup(project: TestProject) {
  return shareTemplate(project, 'postgres', async () => {
    const server = await startPostgres(18);
    const url = await server.createDatabase();
    const database = await openDatabase({ kind: 'postgres', url, poolSize: 2, timeoutMs: 10_000 });
    await database.migrate();
    await database.close();
    const template = new URL(url).pathname.slice(1);
    return { template: { kind: 'postgres', url: server.url, template }, remove: () => server.stop() };
  });
}
