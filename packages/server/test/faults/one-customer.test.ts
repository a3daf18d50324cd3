// A customer whose statements take long has so many of them under way, and keeps nobody else from the database.
import { sql } from 'kysely';
import { afterAll, expect, it } from 'vitest';
import { expectError, goodBody, request, retrieveGood, store, storeGood } from '@rsolv/test-harness/calls';
import { makeCustomer, startTestPlatform } from '@rsolv/test-harness/platform';
import { until } from '@rsolv/test-harness/until';
import { refusalIn } from '../trpc/client.ts';

const platform = await startTestPlatform({ concurrency: 2, responses: { timeoutMs: 100 } });
afterAll(() => platform[Symbol.asyncDispose]());
const { kysely } = platform.database;

/** How many statements wait for somebody else's row. */
async function countWaiting(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(kysely);
  return rows[0]?.count ?? 0;
}

it('one more waits in line, and not without end, while others go on', async () => {
  const slow = await makeCustomer(platform);
  const other = await makeCustomer(platform);
  await storeGood(platform, slow);
  await storeGood(platform, other);

  const held = await kysely.transaction().execute(async (transaction) => {
    await sql`select from customers where id = ${slow.id} for update`.execute(transaction);
    const stores = Promise.all([1, 2].map(() => store(platform, slow, goodBody(slow))));
    await until('both to wait', async () => (await countWaiting()) === 2 || undefined);

    const whoami = { headers: { 'x-api-key': slow.apiKey } };
    const refused = await request(platform, '/api/v1/whoami', whoami);
    expectError(refused, 503, 'SERVER_BUSY');
    const overTrpc = await request(platform, '/trpc/whoami', whoami);
    expect(refusalIn(overTrpc)).toMatchObject({ status: 503, code: 'SERVER_BUSY' });
    for (const { headers } of [refused, overTrpc]) expect(headers.get('retry-after')).toBe('1');
    await storeGood(platform, other);
    return { stores };
  });
  // Where this machine is slow, they have waited for the row for too long.
  for (const { status } of await held.stores) expect([200, 409]).toContain(status);
  await retrieveGood(platform, slow);
});
