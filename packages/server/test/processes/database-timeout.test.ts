// PostgreSQL ends statements that exceed the timeout, except in migrations.
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { isDatabaseUnavailable } from '../../src/database/unavailable.ts';
import { openDatabase, type Database } from '../../src/database/open-database.ts';
import { createEmptyDatabase } from '@rsolv/test-harness/shared-postgres';
import { until } from '@rsolv/test-harness/until';

async function open(url: string, timeoutMs: number) {
  const database = await openDatabase({ kind: 'postgres', url, poolSize: 2, timeoutMs });
  return { database, [Symbol.asyncDispose]: () => database.close() };
}

/** The number of other connections that run a statement. */
async function countActive({ kysely }: Database): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and state = 'active' and pid <> pg_backend_pid()`.execute(kysely);
  return rows[0]?.count ?? 0;
}

it('a statement that exceeds the timeout ends in PostgreSQL too', async () => {
  const url = await createEmptyDatabase();
  await using hasty = await open(url, 300);
  await using patient = await open(url, 10_000);
  const thrown: unknown = await sql`select pg_sleep(60)`
    .execute(hasty.database.kysely)
    .catch((reason: unknown) => reason);
  expect(isDatabaseUnavailable(thrown)).toBe(true);
  await until('PostgreSQL to rest', async () => (await countActive(patient.database)) === 0 || undefined);
});

it('a migration may exceed the timeout', async () => {
  const url = await createEmptyDatabase();
  await using patient = await open(url, 10_000);
  const { kysely } = patient.database;
  await sql`
    create function sleep() returns event_trigger language plpgsql as $$
      begin
        if tg_tag = 'CREATE TRIGGER' then perform pg_sleep(1.5); end if;
      end $$`.execute(kysely);
  await sql`create event trigger slow on ddl_command_start execute function sleep()`.execute(kysely);

  await using hasty = await open(url, 500);
  await hasty.database.migrate();
  await expect(sql`select pg_sleep(60)`.execute(hasty.database.kysely)).rejects.toThrow('statement timeout');
});
