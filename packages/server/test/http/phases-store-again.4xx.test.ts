import { sql } from 'kysely';
import { expect, inject, it } from 'vitest';
import { expectError, goodBody, request } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const storeUnder = (key: string, changes: object = {}) =>
  request(platform, '/api/v1/phases/store', {
    method: 'POST',
    headers: { 'x-api-key': customer.apiKey, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(goodBody(customer, changes)),
  });

it.each([
  ['other data', { data: { validated: false } }],
  ['another commit', { commitSha: 'def456' }],
  ['another issue', { issueNumber: 43 }],
  ['another repository', { repo: 'RSOLV-dev/other' }],
  ['another phase', { phase: 'mitigation' }],
  ['another status', { status: 'failed' }],
])('returns 422 for %s with the same key', async (what, changes) => {
  const inNamespace = 'repo' in changes ? { repo: `${customer.namespace}/other` } : changes;
  expect((await storeUnder(`key-${what.replaceAll(' ', '-')}`)).status).toBe(200);
  const error = expectError(
    await storeUnder(`key-${what.replaceAll(' ', '-')}`, inNamespace),
    422,
    'IDEMPOTENCY_KEY_REUSED',
  );
  expect(error.message).toContain('Send a new key for each call');
});

it.each([
  ['too long', 'x'.repeat(256)],
  ['with a space', 'a b'],
  ['empty', ''],
])('returns 400 for a key that is %s', async (_what, key) => {
  const error = expectError(await storeUnder(key), 400, 'INVALID_INPUT');
  expect(error.details?.[0]?.path).toBe('Idempotency-Key');
});

// PGlite has one connection, so a second claim of a key can't meet a first one that is still open.
it.skipIf(inject('database') === 'pglite')('409: the first store is still under way', async () => {
  await platform.database.kysely.transaction().execute(async (first) => {
    await sql`insert into idempotency_keys (id, customer_id, key, fingerprint, execution_id)
      values (gen_random_uuid(), ${customer.id}, 'key-open', ''::bytea, gen_random_uuid())`.execute(first);
    const answer = await storeUnder('key-open');
    expectError(answer, 409, 'STORE_IN_FLIGHT');
    expect(answer.headers.get('retry-after')).toBe('1');
  });
});
