// Calls that wait for a busy database: those beyond the concurrency limit of their customer, and the first ones with a key,
// whose owner the server does not know yet.
import { sql } from 'kysely';
import { afterAll, expect, it } from 'vitest';
import { expectError, request, type Answer } from '@rsolv/test-harness/calls';
import { makeCustomer, startServer, type TestCustomer } from '@rsolv/test-harness/platform';

const platform = await startServer({ concurrency: 1, responses: { timeoutMs: 100 } });
afterAll(() => platform[Symbol.asyncDispose]());

const whoami = ({ apiKey }: TestCustomer, path = '/api/v1/whoami') =>
  request(platform, path, { headers: { 'x-api-key': apiKey } });

/** Keeps the statements of all requests waiting until `act` has ended. */
const whileDatabaseIsBusy = <Result>(act: () => Promise<Result>): Promise<Result> =>
  platform.database.kysely.transaction().execute(async (transaction) => {
    await sql`lock table api_keys in access exclusive mode`.execute(transaction);
    return act();
  });

/** Sends two calls at once; while the first waits for the database, the second one is refused. */
async function refusedOfTwo(customer: TestCustomer): Promise<{ refused: Answer; statuses: number[] }> {
  const { answers, refused } = await whileDatabaseIsBusy(async () => {
    const answers = [whoami(customer), whoami(customer)];
    return { answers, refused: await Promise.race(answers) };
  });
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  return { refused, statuses: statuses.toSorted((one, other) => one - other) };
}

it('a call beyond the concurrency limit of its customer is refused after the timeout', async () => {
  const customer = await makeCustomer(platform);
  expect((await whoami(customer)).status).toBe(200);
  const { refused, statuses } = await refusedOfTwo(customer);
  expect(expectError(refused, 503, 'SERVER_BUSY').message).toContain('calls of this customer');
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(statuses).toEqual([200, 503]);
});

it('a call waits for the first one with the same key, which finds its owner, and is refused after the timeout', async () => {
  const { refused, statuses } = await refusedOfTwo(await makeCustomer(platform));
  expect(expectError(refused, 503, 'SERVER_BUSY').message).toContain('first calls with this API key');
  expect(statuses).toEqual([200, 503]);
});

it('a call of an unknown procedure is answered although the owner of its key is not known in time', async () => {
  const customer = await makeCustomer(platform);
  const { first, unknown } = await whileDatabaseIsBusy(async () => {
    const first = whoami(customer);
    // Refused after its timeout, so the first one has begun.
    await whoami(customer);
    return { first, unknown: await whoami(customer, '/trpc/no.such') };
  });
  expect(unknown.status).toBe(404);
  expect((await first).status).toBe(200);
});
