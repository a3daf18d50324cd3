// Calls over a rate limit are refused before the body is read and the database is queried, over REST and tRPC.
import { httpBatchLink } from '@trpc/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { revokeKey } from '../../src/accounts/revoke-key.ts';
import { expectError, goodBody, request, retrieveGood, store, storeGood, type Answer } from '@rsolv/test-harness/calls';
import { by } from '@rsolv/test-harness/key-ring';
import { makeCustomer, startServer, startTestPlatform, type TestPlatform } from '@rsolv/test-harness/platform';
import { makeClient, refusal, refusalIn } from '../trpc/client.ts';

const limited = { perKey: 3, perCustomer: 5, failuresPerAddress: 3 };

interface Calling {
  readonly key?: string;
  /** The address that the proxy in front has seen. */
  readonly from?: string;
}

let platform: TestPlatform;
/** One of two servers, with no proxy in front, which a key may ask twice and a customer or a stranger three times. */
let direct: TestPlatform;
let addresses = 0;

beforeAll(async () => {
  platform = await startTestPlatform({ rateLimits: limited, trustedProxies: 1 });
  direct = await startTestPlatform({ rateLimits: { perKey: 4, perCustomer: 5, failuresPerAddress: 6, servers: 2 } });
});
afterAll(async () => {
  await platform[Symbol.asyncDispose]();
  await direct[Symbol.asyncDispose]();
});

const newAddress = () => `192.0.2.${addresses++}`;

const whoami = ({ key, from = newAddress() }: Calling, on = platform, path = '/api/v1/whoami') =>
  request(on, path, { headers: { 'x-forwarded-for': from, ...(key !== undefined && { 'x-api-key': key }) } });

const statuses = async (times: number, calling: Calling) => {
  const all: number[] = [];
  for (let time = 0; time < times; time++) all.push((await whoami(calling)).status);
  return all;
};

/** What the header fields say. */
const fields = ({ headers }: Answer) => ({
  policy: headers.get('ratelimit-policy'),
  left: headers.get('ratelimit')?.replaceAll(/t=([1-9]|[1-5]\d|60)\b/g, 't=…') ?? null,
  retryAfter: headers.get('retry-after'),
});

const policy = '"key";q=3;w=60, "customer";q=5;w=60';

describe('an API key', () => {
  it('gets the RateLimit headers, and 429 over its limit', async () => {
    const { apiKey: key } = await makeCustomer(platform);
    for (const [first, second] of [
      [2, 4],
      [1, 3],
      [0, 2],
    ]) {
      const answer = await whoami({ key });
      expect(answer.status).toBe(200);
      expect(fields(answer)).toEqual({
        policy,
        left: `"key";r=${first};t=…, "customer";r=${second};t=…`,
        retryAfter: null,
      });
    }
    const answer = await whoami({ key });
    const { message } = expectError(answer, 429, 'RATE_LIMITED');
    const retryAfter = answer.headers.get('retry-after');
    expect(Number(retryAfter)).toBeGreaterThan(0);
    expect(Number(retryAfter)).toBeLessThanOrEqual(60);
    expect(message).toBe(
      `Rate limit exceeded: an API key may make 3 calls per minute. Retry in ${retryAfter} second${retryAfter === '1' ? '' : 's'}.`,
    );
    expect(fields(answer)).toMatchObject({ policy, left: '"key";r=0;t=…, "customer";r=1;t=…' });
  });

  it('is refused before its body is parsed, without affecting other keys', async () => {
    const customer = await makeCustomer(platform);
    await statuses(3, { key: customer.apiKey });
    expectError(await store(platform, customer, '{'), 429, 'RATE_LIMITED');
    const other = await makeCustomer(platform);
    expect((await store(platform, other, goodBody(other))).status).toBe(200);
  });

  it('is charged for calls with invalid input', async () => {
    const customer = await makeCustomer(platform);
    for (const status of [400, 400, 400, 429]) expect((await store(platform, customer, '{}')).status).toBe(status);
  });
});

it('counts clients by address if a proxy appends ports', async () => {
  const address = newAddress();
  const failures = [];
  for (let port = 50_000; failures.at(-1) !== 429 && port < 50_100; port++) {
    failures.push((await whoami({ key: 'rsolv_bad', from: `${address}:${port}` })).status);
  }
  expect(new Set(failures)).toEqual(new Set([401, 429]));
  const { apiKey: key } = await makeCustomer(platform);
  expect((await whoami({ key, from: `${newAddress()}:4444` })).status).toBe(200);
});

it('limits a customer with all its keys together', async () => {
  const { apiKey: key } = await makeCustomer(direct, { scopes: ['manage'] });
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  const { status, body } = await request(direct, '/api/v1/keys', { method: 'POST', headers, body: '{}' });
  expect(status).toBe(201);
  const { apiKey: second } = z.object({ apiKey: z.string() }).parse(body);
  for (const _ of [2, 3]) expect((await whoami({ key: second }, direct)).status).toBe(200);
  const { message } = expectError(await whoami({ key }, direct), 429, 'RATE_LIMITED');
  expect(message).toContain('a customer may make 3 calls per minute');
});

it('gives each server its share, and refuses without the database', async () => {
  const { apiKey: key } = await makeCustomer(direct);
  for (const status of [200, 200, 429]) expect((await whoami({ key }, direct)).status).toBe(status);
  await direct.database.close();
  expectError(await whoami({ key }, direct), 429, 'RATE_LIMITED');
});

describe('the stored bytes of a customer', () => {
  it('are limited per day, for all keys and encodings together', async () => {
    await using narrow = await startServer({ rateLimits: { storedBytes: 2000 } });
    const customer = await makeCustomer(narrow);
    const body = goodBody(customer, { data: { text: 'x'.repeat(900) } });
    expect((await store(narrow, customer, { ...body, idempotencyKey: 'once' })).status).toBe(200);
    expect((await store(narrow, customer, { ...body, idempotencyKey: 'once' })).status).toBe(200);
    for (const status of [200, 200]) expect((await store(narrow, customer, body)).status).toBe(status);

    const refused = await store(narrow, customer, goodBody(customer));
    const { message } = expectError(refused, 429, 'RATE_LIMITED');
    expect(message).toContain('a customer may store 2000 bytes per day');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
    await retrieveGood(narrow, customer);
    await storeGood(narrow, await makeCustomer(narrow));
  });
});

describe('an address', () => {
  it('is limited after too many failed authentications, without affecting others', async () => {
    const from = newAddress();
    const unknown = await whoami({ from });
    expect(unknown.status).toBe(401);
    expect(fields(unknown)).toEqual({
      policy: '"failed-authentication";q=3;w=60',
      left: '"failed-authentication";r=2;t=…',
      retryAfter: null,
    });
    expect(await statuses(3, { from, key: 'rsolv_unknown' })).toEqual([401, 401, 429]);
    const { message } = expectError(await whoami({ from }), 429, 'RATE_LIMITED');
    expect(message).toContain('an address may make 3 calls per minute without a valid API key');
    expect((await whoami({})).status).toBe(401);
  });

  it('that is limited may still use a key that was valid, until that fails', async () => {
    const from = newAddress();
    const { apiKey: key, apiKeyId } = await makeCustomer(platform);
    const { apiKey: unseen } = await makeCustomer(platform);
    expect(await statuses(1, { from, key })).toEqual([200]);
    expect(await statuses(4, { from })).toEqual([401, 401, 401, 429]);
    expect(await statuses(1, { from, key })).toEqual([200]);
    expect(await statuses(1, { from, key: unseen })).toEqual([429]);
    await revokeKey(platform.database.fork(), { apiKeyId }, by);
    expect(await statuses(2, { from, key })).toEqual([401, 429]);
  });

  it('of IPv6 is counted by its /64 network', async () => {
    const all = ['2001:db8::1', '2001:db8::2', '2001:db8:0:0:ffff::', '2001:db8::4', '2001:db8:0:1::1'];
    const answers: number[] = [];
    for (const from of all) answers.push((await whoami({ from })).status);
    expect(answers).toEqual([401, 401, 401, 429, 401]);
  });

  it('is the one that the trusted proxy reports, whatever the caller claims', async () => {
    const from = newAddress();
    for (const status of [401, 401, 401, 429])
      expect((await whoami({ from: `${newAddress()}, ${from}` })).status).toBe(status);
  });

  it('is that of the connection without a trusted proxy', async () => {
    for (const status of [401, 401, 401, 429]) expect((await whoami({}, direct)).status).toBe(status);
  });
});

describe('over tRPC', () => {
  it('refuses a call as over REST', async () => {
    const { apiKey: key } = await makeCustomer(platform);
    await statuses(3, { key });
    const answer = await whoami({ key }, platform, '/trpc/whoami');
    expect(refusalIn(answer)).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(fields(answer)).toMatchObject({ policy });
  });

  it('counts each call of a batch, even with an unknown key', async () => {
    const customer = await makeCustomer(platform);
    const client = makeClient(platform, customer, httpBatchLink);
    const calls = [1, 2, 3, 4].map(() => client.whoami.query());
    const ended = await Promise.allSettled(calls);
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(await refusal(Promise.resolve(calls[3]))).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
  });
});

it.each(['/health', '/health/ready', '/openapi.json'])('does not limit %s', async (path) => {
  const from = newAddress();
  expect(await statuses(4, { from })).toEqual([401, 401, 401, 429]);
  const answer = await whoami({ from }, platform, path);
  expect(answer.status).toBe(200);
  expect(fields(answer)).toEqual({ policy: null, left: null, retryAfter: null });
});
