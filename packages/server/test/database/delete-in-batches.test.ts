// Deletions of background jobs, divided into short statements.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { makeCustomer, startTestPlatform, type TestPlatform } from '@rsolv/test-harness/platform';
import { deleteExpiredWorkflowKeys } from '../../src/accounts/delete-expired-workflow-keys.ts';
import { deleteInBatches } from '../../src/database/delete-in-batches.ts';
import { deleteExpiredIdempotencyKeys } from '../../src/phases/idempotency.ts';

let platform: TestPlatform;
let customerId: string;
beforeAll(async () => {
  platform = await startTestPlatform();
  customerId = (await makeCustomer(platform)).id;
});
afterAll(() => platform[Symbol.asyncDispose]());
beforeEach(async () => {
  await sql`delete from idempotency_keys`.execute(platform.database.kysely);
});

async function insertIdempotencyKeys(prefix: string, count: number, age: string): Promise<void> {
  await sql`
    insert into idempotency_keys (id, customer_id, key, fingerprint, execution_id, created_at)
    select gen_random_uuid(), ${customerId}::uuid, ${prefix} || each, '', gen_random_uuid(), now() - ${age}::interval
    from generate_series(1, ${count}::int) as each`.execute(platform.database.kysely);
}

const countKeys = async () => {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from idempotency_keys`.execute(
    platform.database.kysely,
  );
  return rows[0]?.count;
};

it('deletes all expired rows, batch by batch, and no others', async () => {
  await insertIdempotencyKeys('old', 25, '25 hours');
  await insertIdempotencyKeys('new', 5, '23 hours');
  expect(await deleteExpiredIdempotencyKeys(platform.database.kysely, { batchSize: 10 })).toBe(25);
  expect(await countKeys()).toBe(5);
  expect(await deleteExpiredIdempotencyKeys(platform.database.kysely)).toBe(0);
});

it('lets the event loop take a turn between two batches', async () => {
  await insertIdempotencyKeys('old', 50, '25 hours');
  let isDone = false;
  let turns = 0;
  const countTurns = (): void => {
    turns += 1;
    if (!isDone) setImmediate(countTurns);
  };
  setImmediate(countTurns);
  await deleteExpiredIdempotencyKeys(platform.database.kysely, { batchSize: 10 });
  isDone = true;
  expect(turns).toBeGreaterThanOrEqual(5);
});

it('ends after the current batch when it is aborted', async () => {
  await insertIdempotencyKeys('old', 25, '25 hours');
  const options = { batchSize: 10, signal: AbortSignal.abort() };
  expect(await deleteExpiredIdempotencyKeys(platform.database.kysely, options)).toBe(10);
  expect(await countKeys()).toBe(15);
});

it('leaves a row that no longer matches', async () => {
  const { kysely } = platform.database;
  await insertIdempotencyKeys('old', 2, '25 hours');
  await sql`update idempotency_keys set created_at = now() where key = 'old1'`.execute(kysely);
  const rows = { from: 'idempotency_keys', where: sql`created_at < now() - interval '24 hours'` } as const;
  expect(await deleteInBatches(kysely, rows, {})).toBe(1);
  expect(await countKeys()).toBe(1);
});

it('passes workflow keys that have stored something, in whichever batch they are', async () => {
  const { kysely } = platform.database;
  await sql`
    insert into api_keys (id, customer_id, name, key_hash, last_four, created_at, expires_at, issued_to)
    select ('00000000-0000-7000-8000-' || lpad(each::text, 12, '0'))::uuid, ${customerId}::uuid, 'workflow',
      decode(lpad(to_hex(each), 64, '0'), 'hex'), 'abcd', now() - interval '40 days',
      now() - interval '31 days', '{}'
    from generate_series(1, 25) as each`.execute(kysely);
  await sql`
    insert into repositories (id, customer_id, forge_type, namespace, name)
    values ('00000000-0000-7000-8000-000000000001', ${customerId}::uuid, 'github', 'o', 'r')`.execute(kysely);
  await sql`
    insert into scan_executions (id, customer_id, repository_id, api_key_id, commit_sha, status, data, completed_at)
    select gen_random_uuid(), ${customerId}::uuid, '00000000-0000-7000-8000-000000000001', id, 'c', 'completed', '{}', now()
    from api_keys where issued_to is not null order by id limit 12`.execute(kysely);
  expect(await deleteExpiredWorkflowKeys(kysely, { batchSize: 10 })).toBe(13);
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from api_keys where issued_to is not null`.execute(kysely);
  expect(rows).toEqual([{ count: 12 }]);
});
