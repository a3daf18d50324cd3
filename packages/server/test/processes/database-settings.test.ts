// Sessions state what the platform relies on, whatever a database or role has set. The HTTP suite runs on such a database in
// the release tier (vitest project `unusual-postgres`); here are the settings that users met first.
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { createDatabase } from '@rsolv/test-harness/create-database';
import { sharedPostgresUrl } from '@rsolv/test-harness/shared-postgres';
import { openDatabase } from '../../src/database/open-database.ts';
import { isConflict, retryConflicts } from '../../src/database/retry-conflicts.ts';
import { sql } from 'kysely';

const open = async (url: string, pooler?: 'transaction') => {
  const database = await openDatabase({ kind: 'postgres', url, pooler, poolSize: 8, timeoutMs: 10_000 });
  return { ...database, [Symbol.asyncDispose]: () => database.close() };
};

it('keeps the schema that the role has first in its search path', async () => {
  const url = await createDatabase(sharedPostgresUrl());
  const client = new Client({ connectionString: url });
  await client.connect();
  const name = new URL(url).pathname.slice(1);
  await client.query('create schema "Odd ""name"');
  await client.query(`alter database ${name} set search_path = nowhere, "Odd ""name", public`);
  await client.end();
  await using database = await open(url);
  await database.migrate();
  const { rows } = await sql`select table_schema from information_schema.tables where table_name = 'customers'`.execute(
    database.kysely,
  );
  expect(rows).toEqual([{ table_schema: 'Odd "name' }]);
});

it('lets the options of DATABASE_URL win', async () => {
  const url = await createDatabase(sharedPostgresUrl());
  await using database = await open(`${url}?options=${encodeURIComponent('-c work_mem=5MB -c TimeZone=Asia/Tokyo')}`);
  const { rows } = await sql`select current_setting('work_mem') as memory, current_setting('TimeZone') as zone`.execute(
    database.kysely,
  );
  expect(rows).toEqual([{ memory: '5MB', zone: 'Asia/Tokyo' }]);
});

it('refuses a pooler whose role has settings that the platform can not use, with the statement that sets them', async () => {
  const url = await createDatabase(sharedPostgresUrl(), {
    settings: { default_transaction_isolation: 'serializable', DateStyle: 'SQL, DMY' },
  });
  await expect(open(url, 'transaction')).rejects.toThrow(
    /alter role "postgres" set (datestyle = 'ISO, MDY'|default_transaction_isolation = 'read committed'); alter role/,
  );
});

it('runs a transaction again that loses to another one', async () => {
  const url = await createDatabase(sharedPostgresUrl());
  await using database = await open(url);
  await sql`create table counters (id int primary key, value int)`.execute(database.kysely);
  await sql`insert into counters values (1, 0), (2, 0)`.execute(database.kysely);
  let runs = 0;
  const addToBoth = (first: number, second: number) =>
    database.fork().transactional(async (tx) => {
      runs += 1;
      for (const id of [first, second]) {
        await sql`update counters set value = value + 1 where id = ${id}`.execute(tx.getKysely());
        await sql`select pg_sleep(0.05)`.execute(tx.getKysely());
      }
    });
  // Each locks the row that the other one wants next: PostgreSQL ends one of the two after a second.
  await Promise.all([addToBoth(1, 2), addToBoth(2, 1)]);
  const { rows } = await sql`select value from counters order by id`.execute(database.kysely);
  expect({ rows, runs }).toEqual({ rows: [{ value: 2 }, { value: 2 }], runs: 3 });
});

it('gives up on a conflict that does not end', async () => {
  const conflict = Object.assign(new Error('could not serialize access'), { code: '40001' });
  let runs = 0;
  const losing = retryConflicts(() => {
    runs += 1;
    return Promise.reject(new Error('wrapped', { cause: conflict }));
  });
  await expect(losing).rejects.toThrow('wrapped');
  expect(runs).toBe(5);
  expect(isConflict(new Error('other'))).toBe(false);
});
