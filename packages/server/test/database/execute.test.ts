// SQL text that a library has written, on each database.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestDatabase } from '@rsolv/test-harness/platform';
import type { Database } from '../../src/database/open-database.ts';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

it('returns the rows of a statement with values, and of several without', async () => {
  expect(await database.execute('select $1::int + 1 as sum', [1])).toEqual([{ sum: 2 }]);
  expect(await database.execute('begin; select 1 as one; select 2 as two; commit')).toEqual([{ one: 1 }, { two: 2 }]);
});

it('leaves no failed transaction to the next caller', async () => {
  const failed = database.execute('begin; create table of_execute (id int); select 1 / 0; commit');
  const next = database.execute('select 1 as one');
  await expect(failed).rejects.toThrow('division by zero');
  expect(await next).toEqual([{ one: 1 }]);
  expect(await database.execute("select to_regclass('of_execute') as name")).toEqual([{ name: null }]);
});
