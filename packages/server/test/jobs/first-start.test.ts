// Servers that start at the same time on a database without pg-boss's schema, and roles that may create it or not.
import { Client } from 'pg';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';
import { until } from '@rsolv/test-harness/until';
import { openDatabase, type Database } from '../../src/database/open-database.ts';
import { migrateJobSchema } from '../../src/jobs/start-pg-boss.ts';
import { makeJob, startJobServer } from './job-servers.ts';

describe.skipIf(inject('database') === 'pglite')('on PostgreSQL', () => {
  async function open(url: string): Promise<Database> {
    const database = await openDatabase({ kind: 'postgres', url, poolSize: 2, timeoutMs: 10_000 });
    onTestFinished(() => database.close());
    return database;
  }

  /** A role of its own that may log in, and nothing else. */
  async function createRole(url: string, statements: (role: string) => string): Promise<string> {
    const client = new Client({ connectionString: url });
    await client.connect();
    const role = `jobs_${new URL(url).pathname.slice(1)}`;
    await client.query(`create role ${role} login password 'hush-hush'; ${statements(role)}`);
    await client.end();
    return Object.assign(new URL(url), { username: role, password: 'hush-hush' }).href;
  }

  it('creates the schema once, with two connections each', async () => {
    const url = await createTestDatabase();
    const job = makeJob(() => Promise.resolve({}));
    const servers = await Promise.all(Array.from({ length: 3 }, async () => startJobServer(await open(url), [job])));
    await servers[0]?.trigger('test-job');
    await until('a run', () => servers.some(({ runs }) => runs.length > 0) || undefined);
    expect(servers.flatMap(({ runs }) => runs)).toMatchObject([{ outcome: 'succeeded' }]);
  });

  it('says which right is missing', async () => {
    const url = await createRole(await createTestDatabase(), () => '');
    await expect(migrateJobSchema(await open(url))).rejects.toThrow(
      /^The schema "pgboss" of the background jobs can't be migrated: permission denied for database/,
    );
  });

  it('uses a schema that an administrator has created for the role', async () => {
    const url = await createRole(await createTestDatabase(), (role) => `create schema pgboss authorization ${role}`);
    const server = await startJobServer(await open(url), [makeJob(() => Promise.resolve({}))]);
    await server.trigger('test-job');
    await until('a run', () => server.runs.length > 0 || undefined);
    expect(server.runs).toMatchObject([{ outcome: 'succeeded' }]);
  });
});
