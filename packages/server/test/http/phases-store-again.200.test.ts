// A store that is sent again with the same Idempotency-Key is stored once and gets the same response.
import { deleteExpiredIdempotencyKeys } from '../../src/phases/idempotency.ts';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { goodBody, request } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform, type TestCustomer } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
let customer: TestCustomer;

const storeUnder = (key: string, { apiKey, namespace }: TestCustomer, changes: object = {}) =>
  request(platform, '/api/v1/phases/store', {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(goodBody({ namespace }, changes)),
  });

const countExecutions = async ({ id }: TestCustomer) => {
  const rows = await platform.database.kysely
    .selectFrom('validation_executions')
    .where('customer_id', '=', id)
    .select('id')
    .execute();
  return rows.length;
};

it('returns the first response again and marks it as a replay', async () => {
  customer = await makeCustomer(platform);
  const first = await storeUnder('key-1', customer);
  const second = await storeUnder('key-1', customer);
  expect(first.status).toBe(200);
  expect(first.headers.has('idempotency-replayed')).toBe(false);
  expect(second.body).toEqual(first.body);
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  expect(await countExecutions(customer)).toBe(1);
});

it('treats the same repository in another letter case as the same store', async () => {
  customer = await makeCustomer(platform);
  const first = await storeUnder('key-1', customer);
  const second = await storeUnder('key-1', customer, { repo: `${customer.namespace.toUpperCase()}/DEMO` });
  expect(second.body).toEqual(first.body);
});

it('stores once for concurrent requests', async () => {
  customer = await makeCustomer(platform);
  const answers = await Promise.all(Array.from({ length: 20 }, () => storeUnder('key-1', customer)));
  expect(new Set(answers.map(({ status, body }) => JSON.stringify({ status, body }))).size).toBe(1);
  expect(answers.filter(({ headers }) => headers.has('idempotency-replayed'))).toHaveLength(19);
  expect(await countExecutions(customer)).toBe(1);
});

it('stores again with another key and without a key', async () => {
  customer = await makeCustomer(platform);
  await storeUnder('key-1', customer);
  await storeUnder('key-2', customer);
  const withoutKey = { 'x-api-key': customer.apiKey, 'content-type': 'application/json' };
  const body = JSON.stringify(goodBody(customer));
  for (let time = 0; time < 2; time++) {
    await request(platform, '/api/v1/phases/store', { method: 'POST', headers: withoutKey, body });
  }
  expect(await countExecutions(customer)).toBe(4);
});

it('separates the keys of customers', async () => {
  customer = await makeCustomer(platform);
  const other = await makeCustomer(platform);
  const first = await storeUnder('key-1', customer);
  const second = await storeUnder('key-1', other);
  expect(second.body).not.toEqual(first.body);
  expect(second.headers.has('idempotency-replayed')).toBe(false);
});

it('accepts a key again after 24 hours', async () => {
  customer = await makeCustomer(platform);
  const { kysely } = platform.database;
  await storeUnder('key-1', customer);
  await sql`update idempotency_keys set created_at = now() - interval '24 hours 1 second'`.execute(kysely);
  const again = await storeUnder('key-1', customer, { data: { validated: false } });
  expect(again.status).toBe(200);
  expect(again.headers.has('idempotency-replayed')).toBe(false);
  expect(await countExecutions(customer)).toBe(2);

  await sql`update idempotency_keys set created_at = now() - interval '24 hours 1 second'`.execute(kysely);
  await storeUnder('key-2', customer);
  await deleteExpiredIdempotencyKeys(kysely);
  const { rows } = await sql`select key from idempotency_keys`.execute(kysely);
  expect(rows).toEqual([{ key: 'key-2' }]);
});

it('stores nothing and reserves no key for a refused request', async () => {
  customer = await makeCustomer(platform, { account: 'unverified' });
  expect((await storeUnder('key-1', customer)).status).toBe(403);
  const { rows } = await sql`select from idempotency_keys where customer_id = ${customer.id}`.execute(
    platform.database.kysely,
  );
  expect(rows).toEqual([]);
});
