// What is deleted with a record, and what is kept.
import { sql } from 'kysely';
import { beforeEach, expect, it } from 'vitest';
import type { Tables } from '../../src/database/open-database.ts';
import { storeGood } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform, type TestCustomer } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
let customer: TestCustomer;
let other: TestCustomer;

const executions = ['scan_executions', 'validation_executions', 'mitigation_executions'] as const;

async function fill(owner: TestCustomer) {
  for (const phase of ['scan', 'validation', 'mitigation']) await storeGood(platform, owner, { phase });
}

beforeEach(async () => {
  customer = await makeCustomer(platform);
  other = await makeCustomer(platform);
  await fill(customer);
  await fill(other);
});

async function count(table: keyof Tables, customerId: string) {
  const column = table === 'customers' ? 'id' : 'customer_id';
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from ${sql.table(table)} where ${sql.ref(column)} = ${customerId}`.execute(
    platform.database.kysely,
  );
  return rows[0]?.count;
}

it('deletes all data of a deleted customer, and nothing of other customers', async () => {
  const tables = ['customers', 'api_keys', 'forge_accounts', 'repositories', ...executions] as const;
  for (const table of tables) expect(await count(table, customer.id)).toBe(1);
  await platform.database.kysely.deleteFrom('customers').where('id', '=', customer.id).execute();
  for (const table of tables) {
    expect({ table, rows: await count(table, customer.id) }).toEqual({ table, rows: 0 });
    expect({ table, rows: await count(table, other.id) }).toEqual({ table, rows: 1 });
  }
});

it('keeps the executions of a deleted API key', async () => {
  await platform.database.kysely.deleteFrom('api_keys').where('id', '=', customer.apiKeyId).execute();
  for (const table of executions) {
    const rows = await platform.database.kysely
      .selectFrom(table)
      .select('api_key_id')
      .where('customer_id', '=', customer.id)
      .execute();
    expect(rows).toEqual([{ api_key_id: null }]);
  }
});

it('keeps the executions of a deleted forge account', async () => {
  await platform.database.kysely.deleteFrom('forge_accounts').where('customer_id', '=', customer.id).execute();
  for (const table of ['repositories', ...executions] as const) expect(await count(table, customer.id)).toBe(1);
});

it('deletes the executions of a deleted repository', async () => {
  await platform.database.kysely.deleteFrom('repositories').where('customer_id', '=', customer.id).execute();
  for (const table of executions) expect(await count(table, customer.id)).toBe(0);
});

it('rejects unknown statuses and forges', async () => {
  const { kysely } = platform.database;
  await expect(sql`update scan_executions set status = 'done'`.execute(kysely)).rejects.toThrow('status_check');
  await expect(sql`update repositories set forge_type = 'x'`.execute(kysely)).rejects.toThrow('forge_type_check');
  await expect(sql`update forge_accounts set forge_type = 'x'`.execute(kysely)).rejects.toThrow('forge_type_check');
});
