// The memory of large responses in flight is limited for each customer, including responses that clients do not read.
import { connect } from 'node:net';
import { sql } from 'kysely';
import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { expectError, goodBody, request, retrieve, storeGood } from '@rsolv/test-harness/calls';
import { makeCustomer, startServer, type TestCustomer, type TestPlatform } from '@rsolv/test-harness/platform';
import { until } from '@rsolv/test-harness/until';

/** Two large answers of one customer, and four in all, take all the room there is. */
const responses = { maxBytes: 11_000_000, timeoutMs: 100 };
const hasty = await startServer({ responses });
const patient = await startServer({ responses: { ...responses, timeoutMs: 60_000 } });
afterAll(() => Promise.all([hasty, patient].map((platform) => platform[Symbol.asyncDispose]())));

/** A customer with 10 MB about an issue. */
async function makeCustomerWithMuch(): Promise<TestCustomer> {
  const customer = await makeCustomer(hasty);
  await storeGood(hasty, customer);
  await sql`
    update validation_executions set data = jsonb_build_object('text', repeat('x', 10000000)), data_bytes = 10000012
    where customer_id = ${customer.id}`.execute(hasty.database.kysely);
  return customer;
}

const customer = await makeCustomerWithMuch();
const other = await makeCustomerWithMuch();

const place = (of: TestCustomer) => {
  const { repo, commitSha: commit } = goodBody(of);
  return { repo, commit, issue: '42' };
};

/** Asks for the large answer, and never takes more of it than what the system's own buffers hold. */
async function askAndNotRead({ url }: TestPlatform, of: TestCustomer) {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
  const path = `/api/v1/phases/retrieve?${new URLSearchParams(place(of)).toString()}`;
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nx-api-key: ${of.apiKey}\r\n\r\n`);
  await until('the first bytes', () => socket.readableLength > 0 || undefined);
  return { [Symbol.dispose]: () => void socket.destroy() };
}

it('blocks only large responses of the same customer while a client does not read', async () => {
  using _first = await askAndNotRead(hasty, customer);
  using _second = await askAndNotRead(hasty, customer);

  const refused = await retrieve(hasty, customer, place(customer));
  expectError(refused, 503, 'SERVER_BUSY');
  expect(refused.headers.get('retry-after')).toBe('1');

  expect((await retrieve(hasty, customer, { ...place(customer), issue: '7' })).status).toBe(200);
  expect((await retrieve(hasty, other, place(other))).status).toBe(200);
});

it('queues a large response until another one is finished', async () => {
  const first = await askAndNotRead(patient, customer);
  using _second = await askAndNotRead(patient, customer);
  const waiting = retrieve(patient, customer, place(customer));
  first[Symbol.dispose]();
  const { status, body } = await waiting;
  expect(status).toBe(200);
  expect(body).toEqual({ validation: { 'issue-42': { text: 'x'.repeat(10_000_000) } } });
});

it('releases the memory of a response whose client disconnects', async () => {
  for (let round = 0; round < 3; round++) {
    const before = hasty.logged.length;
    await hasty.database.kysely.transaction().execute(async (transaction) => {
      await sql`lock table api_keys in access exclusive mode`.execute(transaction);
      const socket = connect({ host: '127.0.0.1', port: Number(new URL(hasty.url).port) });
      const path = `/api/v1/phases/retrieve?${new URLSearchParams(place(customer)).toString()}`;
      socket.end(`GET ${path} HTTP/1.1\r\nhost: x\r\nx-api-key: ${customer.apiKey}\r\n\r\n`);
      // Another request that the server has read later.
      await request(hasty, '/health');
      socket.destroy();
      await until('the request to end', () => hasty.logged.slice(before).find((line) => line.includes('aborted')));
    });
  }
  expect((await retrieve(hasty, customer, place(customer))).status).toBe(200);
});

it('counts a batch as one response', async () => {
  const input = { json: { repo: place(other).repo, commit: place(other).commit, issue: 42 } };
  const query = new URLSearchParams({ batch: '1', input: JSON.stringify({ 0: input, 1: input, 2: input }) });
  const paths = Array.from({ length: 3 }, () => 'phases.retrieve').join(',');
  const { status, body } = await request(hasty, `/trpc/${paths}?${query.toString()}`, {
    headers: { 'x-api-key': other.apiKey },
  });
  expect(status).toBe(207);
  const calls = z.array(z.union([z.object({ result: z.object({}) }), failedCall])).parse(body);
  expect(calls.flatMap((each) => ('error' in each ? each.error.json : []))).toEqual([tooMuch, tooMuch]);
});

const failedCall = z.object({
  error: z.object({ json: z.object({ message: z.string(), data: z.object({ httpStatus: z.number() }) }) }),
});
const tooMuch = { message: expect.stringContaining('one batch'), data: { httpStatus: 400 } };
