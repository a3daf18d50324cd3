// What the embedded database does by itself on PostgreSQL: it goes on after errors, and keeps its write-ahead log short.
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Database } from '../../src/database/open-database.ts';
import { openTestDatabase } from '@rsolv/test-harness/platform';

describe.skipIf(inject('database') !== 'pglite')('the embedded database in long use', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  it('goes on after a thousand errors, inside and outside transactions', async () => {
    const { kysely } = database;
    await sql`create table of_errors (id int primary key)`.execute(kysely);
    const failInTransaction = (id: number) =>
      kysely.transaction().execute(async (transaction) => {
        await sql`insert into of_errors values (${id})`.execute(transaction);
        await sql`select 1 / (${id}::int - ${id}::int)`.execute(transaction);
      });
    const codes = new Map<unknown, number>();
    const count = (thrown: unknown) => {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : thrown;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    };
    for (let round = 1; round <= 500; round += 1) {
      await sql`nonsense`.execute(kysely).catch(count);
      await failInTransaction(round).catch(count);
      if (round % 50 === 0) await sql`insert into of_errors values (${-round})`.execute(kysely);
    }
    expect(codes).toEqual(
      new Map([
        ['42601', 500],
        ['22012', 500],
      ]),
    );
    const { rows } = await sql<{ count: number; max: number }>`
      select count(*)::int as count, max(id) as max from of_errors`.execute(kysely);
    expect(rows).toEqual([{ count: 10, max: -50 }]);
  });

  it('writes 80 MB and keeps its write-ahead log under 64 MB', async () => {
    const { kysely } = database;
    await sql`create table of_wal (id int primary key, noise text)`.execute(kysely);
    const sizes: number[] = [];
    for (let id = 0; id < 80; id += 1) {
      // Random, so that it is not compressed.
      await sql`insert into of_wal values (${id}, ${randomBytes(750_000).toString('base64')})`.execute(kysely);
      const { rows } = await sql<{ bytes: number }>`select sum(size)::float8 as bytes from pg_ls_waldir()`.execute(
        kysely,
      );
      sizes.push(rows[0]?.bytes ?? Infinity);
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(64 * 1024 ** 2);
    const { rows } = await sql<{ written: number }>`
      select (pg_current_wal_insert_lsn() - '0/0')::float8 as written`.execute(kysely);
    expect(rows[0]?.written).toBeGreaterThan(80e6);
  });
});
