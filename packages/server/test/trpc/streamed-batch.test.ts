// Batches whose results are streamed: the response begins before its calls end.
import { httpBatchStreamLink } from '@trpc/client';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';
import { until } from '@rsolv/test-harness/until';
import { open } from '../http/raw-request.ts';
import { makeClient, refusal } from './client.ts';

const platform = await testPlatform();
// The header that announces the end of a key comes too late for a response that has begun.
const customer = await makeCustomer(platform, { expiresAt: new Date(Date.now() + 24 * 60 * 60_000) });

it('returns the result of each call, and the error of one that is refused', async () => {
  const client = makeClient(platform, customer, httpBatchStreamLink);
  const calls = [
    client.whoami.query(),
    client.phases.retrieve.query({ repo: 'somebody/else', commit: 'c0ffee' }),
  ] as const;
  expect(await calls[0]).toMatchObject({ customer: { id: customer.id } });
  expect(await refusal(calls[1])).toMatchObject({ code: 'FORGE_ACCOUNT_MISSING' });
});

it('ends without an error when the client disconnects in the middle', async () => {
  const path = '/trpc/whoami,whoami?batch=1&input=%7B%7D';
  const headers = { 'x-api-key': customer.apiKey, 'trpc-accept': 'application/jsonl' };
  const before = platform.logged.length;
  await platform.database.kysely.transaction().execute(async (transaction) => {
    await sql`lock table api_keys in access exclusive mode`.execute(transaction);
    const request = open(platform, { method: 'GET', path, headers });
    const begun = new Promise((resolve) => request.once('response', (response) => response.once('data', resolve)));
    request.on('error', () => {});
    request.end();
    await begun;
    request.destroy();
    await until('the request to be aborted', () =>
      platform.logged.slice(before).find((line) => line.includes('aborted')),
    );
  });
  await makeClient(platform, customer).whoami.query();
  expect(platform.logged.slice(before).filter((line) => /"level":"(error|fatal)"/.test(line))).toEqual([]);
});
