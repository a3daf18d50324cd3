// Lists that are longer than a page: commands follow the pages by themselves.
import { Client } from 'pg';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { rsolv, rsolvJson } from '@rsolv/test-harness/cli';
import type { Env } from '@rsolv/test-harness/server-process';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';

let env: Env;
const customers = 12_000;

beforeAll(async () => {
  env = { DATABASE_URL: await createTestDatabase() };
  await rsolv(['migrate'], env);
  const client = new Client({ connectionString: env['DATABASE_URL'] });
  await client.connect();
  const numbers = `generate_series(1, ${customers}) as n`;
  for (const statement of [
    // The last names are the longest, so that later pages need wider columns than the first.
    `insert into customers (id, name) select gen_random_uuid(), lpad(n::text, 5, '0') || repeat('x', n / 1000) from ${numbers}`,
    `insert into api_keys (id, customer_id, name, last_four, key_hash)
      select gen_random_uuid(), id, name, '', sha256(name::bytea) from customers`,
    `insert into forge_accounts (id, customer_id, forge_type, namespace)
      select gen_random_uuid(), id, 'github', name from customers`,
    `insert into audit_events (id, occurred_at, actor, customer_id, action, outcome)
      select gen_random_uuid(), now(), 'operator', id, 'customer.create', 'allowed' from customers`,
  ]) {
    await client.query(statement);
  }
  await client.end();
});

const records = z.array(z.record(z.string(), z.unknown()));

it.each([
  ['customer', 'customerId'],
  ['key', 'apiKeyId'],
  ['forge', 'forgeAccountId'],
])('rsolv %s list prints every row once, as one JSON array', async (command, id) => {
  const printed = records.parse(await rsolvJson([command, 'list'], env));
  expect(printed).toHaveLength(customers);
  expect(new Set(printed.map((record) => record[id])).size).toBe(customers);
  for (const { customer, name } of printed) expect(customer ?? name).toMatch(/^\d{5}x*$/);
});

it('prints one table, whose columns get wider where a later page needs it', async () => {
  const { stdout } = await rsolv(['customer', 'list'], env);
  const [header = '', ...lines] = stdout.trimEnd().split('\n');
  expect(header).toMatch(/^customerId +name +active +createdAt$/);
  expect(lines).toHaveLength(customers);
  for (const line of lines) expect(line).toMatch(/^[\w-]{36} {2}\d{5}x* +yes {5}\d{4}-\d\d-\d\d \d\d:\d\d$/);
  // Within a page every row is aligned.
  for (let start = 0; start < customers; start += 1000) {
    expect(new Set(lines.slice(start, start + 1000).map((line) => line.indexOf('yes'))).size).toBe(1);
  }
});

it.each([
  ['1', 1],
  ['1000', 1000],
  ['1001', 1001],
  ['2500', 2500],
  ['999999', customers],
])('rsolv audit --limit %s prints at most so many events', async (limit, count) => {
  expect(records.parse(await rsolvJson(['audit', '--limit', limit], env))).toHaveLength(count);
});

it('prints an empty list as an empty JSON array', async () => {
  expect(await rsolvJson(['audit', '--outcome', 'refused'], env)).toEqual([]);
});
