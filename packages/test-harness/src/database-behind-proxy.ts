// A PostgreSQL database that servers reach through a proxy, which a test can break. The test itself connects directly.
import type { PostgresServer } from './postgres-server.ts';
import { openDatabase } from '@rsolv/server/database/open-database';
import type { Access } from './process-calls.ts';
import { serve, type Env, type ServerProcess } from './server-process.ts';
import { setUpKey } from './set-up-key.ts';
import { createTestDatabase } from './shared-postgres.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

export interface DatabaseBehindProxy extends TcpProxy {
  /** Starts a server on it. The API key belongs to a customer with the namespace acme. */
  serve(env: Env): Promise<ServerProcess & Access>;
  /** The number of scans stored at each commit. */
  countByCommit(): Promise<Map<string, number>>;
}

/** Creates a database on the given server, by default on the one that test files share. */
export async function startDatabaseBehindProxy(given?: PostgresServer): Promise<DatabaseBehindProxy> {
  const url = await (given === undefined ? createTestDatabase() : createMigratedDatabase(given));
  const apiKey = await setUpKey(url, 'acme');
  const proxy = await startTcpProxy(url);
  return {
    ...proxy,
    serve: async (env) => Object.assign(await serve({ DATABASE_URL: proxy.url, ...env }), { apiKey }),
    countByCommit: async () => {
      const database = await openDatabase({ kind: 'postgres', url, poolSize: 2, timeoutMs: 10_000 });
      const rows = await database.kysely
        .selectFrom('scan_executions')
        .select(({ fn }) => ['commit_sha', fn.countAll().as('count')])
        .groupBy('commit_sha')
        .execute();
      await database.close();
      return new Map(rows.map(({ commit_sha, count }) => [commit_sha, Number(count)]));
    },
  };
}

async function createMigratedDatabase(server: PostgresServer): Promise<string> {
  const url = await server.createDatabase();
  const database = await openDatabase({ kind: 'postgres', url, poolSize: 2, timeoutMs: 10_000 });
  await database.migrate();
  await database.close();
  return url;
}
