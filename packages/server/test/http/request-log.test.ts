// Every request is logged with its id, and no log line contains an API key.
import { gzipSync } from 'node:zlib';
import { errorBody } from '@rsolv/shared/errors/error-code';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findCustomer } from '../../src/accounts/find-customer.ts';
import { importKey } from '../../src/accounts/create-key.ts';
import { revokeKey } from '../../src/accounts/revoke-key.ts';
import { expectError, goodBody, request, store } from '@rsolv/test-harness/calls';
import { by, keyRing } from '@rsolv/test-harness/key-ring';
import { makeCustomer, startTestPlatform, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const line = z.looseObject({
  level: z.string(),
  time: z.iso.datetime({ precision: 3 }),
  requestId: z.string().min(1),
  traceId: z.string().optional(),
  customerId: z.string().optional(),
  method: z.string().optional(),
  path: z.string().optional(),
  status: z.number().optional(),
});

const linesSoFar = (requestId: string) =>
  platform.logged.map((text) => line.parse(JSON.parse(text))).filter((each) => each.requestId === requestId);

/** The lines of one request, once the last one is written: when its answer is through. */
async function linesOf(requestId: string) {
  await expect.poll(() => linesSoFar(requestId).filter(({ status }) => status !== undefined)).toHaveLength(1);
  return linesSoFar(requestId);
}

describe('the request id', () => {
  it.each(['018f4e2a-7b1c-7c3d-8e4f-5a6b7c8d9e0f', '4BF92F3577B34DA6A3CE929D0E0E4736'])(
    '%s is taken from the caller',
    async (id) => {
      const { headers } = await request(platform, '/health', { headers: { 'X-Request-Id': id } });
      expect(headers.get('x-request-id')).toBe(id);
      expect(await linesOf(id)).toHaveLength(1);
    },
  );

  it.each(['', 'deadbeef', 'a'.repeat(64), 'a b', 'x'.repeat(65), '<script>', '{"a":1}', 'a,b', 'ä', '"'])(
    '%j is replaced',
    async (id) => {
      const answer = await request(platform, '/nowhere', { headers: { 'X-Request-Id': id } });
      expectError(answer, 404, 'NOT_FOUND');
      expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    },
  );

  it('is never the API key, whatever its form', async () => {
    const key = '7c1e92f3577b34da6a3ce929d0e0e473';
    for (const headers of [{ 'x-api-key': key }, { authorization: `Bearer ${key}` }]) {
      for (const id of [key, key.toUpperCase()]) {
        const sent = { ...headers, 'x-request-id': id, traceparent: `00-${key}-b7ad6b7169203331-01` };
        const answer = await request(platform, '/api/v1/whoami', { headers: sent });
        expectError(answer, 401, 'API_KEY_UNKNOWN');
        expect(answer.headers.get('x-request-id')).not.toBe(id);
      }
    }
    expect(platform.logged.join('').toLowerCase()).not.toContain(key);
  });

  it('is unique for each request', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => request(platform, '/health')));
    expect(new Set(answers.map(({ headers }) => headers.get('x-request-id'))).size).toBe(20);
  });

  it('identifies method, path and status in the log', async () => {
    const { headers } = await store(platform, customer, goodBody(customer));
    const id = headers.get('x-request-id') ?? '';
    expect(await linesOf(id)).toMatchObject([
      { level: 'info', method: 'POST', path: '/api/v1/phases/store', status: 200 },
    ]);
  });
});

const trace = '0af7651916cd43dd8448eb211c80319c';
const parent = `00-${trace}-b7ad6b7169203331-01`;

describe('the trace id', () => {
  it.each([
    [parent, trace],
    [`00-${trace}-b7ad6b7169203331-00`, trace],
    [`cc-${trace}-b7ad6b7169203331-01-what-a-later-version-adds`, trace],
  ])('of %s is logged', async (traceparent, traceId) => {
    const { headers } = await request(platform, '/health', { headers: { traceparent } });
    expect(await linesOf(headers.get('x-request-id') ?? '')).toMatchObject([{ traceId }]);
  });

  it.each([
    '',
    trace,
    'rsolv_0123456789',
    parent.toUpperCase(),
    `ff${parent.slice(2)}`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace}-b7ad6b7169203331`,
    `00-${trace}-b7ad6b7169203331-01x`,
  ])('of %j is not logged', async (traceparent) => {
    const { headers } = await request(platform, '/health', { headers: { traceparent } });
    const [line] = await linesOf(headers.get('x-request-id') ?? '');
    expect(line?.traceId).toBeUndefined();
  });
});

describe('the customer', () => {
  const query = encodeURIComponent(JSON.stringify({ json: { repo: 'o/r', commit: 'abcdef1' } }));

  it.each(['/api/v1/whoami', '/api/v1/keys', '/trpc/whoami', `/trpc/phases.retrieve?input=${query}`])(
    'of a request to %s is logged, whether it succeeds or not',
    async (path) => {
      const { headers } = await request(platform, path, { headers: { 'x-api-key': customer.apiKey } });
      expect(await linesOf(headers.get('x-request-id') ?? '')).toMatchObject([{ customerId: customer.id }]);
    },
  );

  it('is not logged if it is unknown', async () => {
    const { headers } = await request(platform, '/api/v1/whoami', { headers: { 'x-api-key': 'unknown-0123456789' } });
    const [line] = await linesOf(headers.get('x-request-id') ?? '');
    expect(line).toMatchObject({ status: 401 });
    expect(line?.customerId).toBeUndefined();
  });
});

/** Every place of a request in which somebody may put a key, by mistake or not. */
const places: Record<string, (key: string) => [string, RequestInit]> = {
  'x-api-key': (key) => ['/api/v1/whoami', { headers: { 'x-api-key': key } }],
  'x-api-key of a store': (key) => ['/api/v1/phases/store', post(key, '{}')],
  'x-api-key over tRPC': (key) => ['/trpc/phases.store', post(key, '{"json":{}}')],
  bearer: (key) => ['/api/v1/whoami', { headers: { authorization: `Bearer ${key}` } }],
  basic: (key) => ['/api/v1/whoami', { headers: { authorization: `Basic ${btoa(`user:${key}`)}` } }],
  cookie: (key) => ['/api/v1/whoami', { headers: { cookie: `key=${key}` } }],
  'user-agent': (key) => ['/api/v1/whoami', { headers: { 'user-agent': key } }],
  referer: (key) => ['/api/v1/whoami', { headers: { referer: `http://localhost/?key=${key}` } }],
  traceparent: (key) => ['/api/v1/whoami', { headers: { traceparent: `00-${key}-b7ad6b7169203331-01` } }],
  'request id': (key) => ['/api/v1/whoami', { headers: { 'x-request-id': key } }],
  'content type': (key) => ['/api/v1/phases/store', { ...post(key, '{}'), headers: { 'content-type': key } }],
  query: (key) => [`/api/v1/whoami?api_key=${key}`, {}],
  'query of a retrieve': (key) => [`/api/v1/phases/retrieve?repo=o/r&commit=${key}&key=${key}`, {}],
  'query of tRPC': (key) => [`/trpc/whoami?input=${encodeURIComponent(JSON.stringify({ json: key }))}`, {}],
  'connection parameters of tRPC': (key) => [`/trpc/whoami?connectionParams=${key}`, {}],
  'connection parameters that break off': (key) => [`/trpc/whoami?connectionParams={"key":"${key}`, {}],
  path: (key) => [`/api/v1/whoami/${key}`, {}],
  'escaped path': (key) => [`/%72${key.slice(1)}/x`, {}],
  'path of tRPC': (key) => [`/trpc/${key}`, {}],
  'path that is broken': (key) => [`/${key}%zz`, {}],
  body: (key) => ['/api/v1/phases/store', post(key, JSON.stringify({ apiKey: key, phase: key, data: { key } }))],
  'body that is broken': (key) => ['/api/v1/phases/store', post(key, key)],
  'body that is broken, over tRPC': (key) => ['/trpc/phases.store', post(key, key)],
  'packed body': (key) => ['/api/v1/phases/store', { ...post(key, ''), body: gzipSync(key) }],
};

const post = (key: string, body: string) => ({
  method: 'POST',
  headers: { 'x-api-key': key, 'content-type': 'application/json' },
  body,
});

describe.each(['a good key', 'an unknown key', 'a revoked key', 'an imported key'])('%s is never logged', (kind) => {
  let key: string;

  beforeAll(async () => {
    const em = platform.database.fork();
    const fresh = await makeCustomer(platform);
    key = kind === 'an unknown key' ? 'rsolv_0123456789ABCDEFGHIJabcdefghij' : fresh.apiKey;
    if (kind === 'a revoked key') await revokeKey(em, { apiKeyId: fresh.apiKeyId }, by);
    if (kind === 'an imported key') {
      key = 'legacy-0123456789ABCDEFGHIJabcdefghij';
      const owner = await findCustomer(em, fresh.id);
      await importKey(em, keyRing, { by, secret: key, customer: owner, name: 'imported', expiresAt: null });
    }
  });

  it.each(Object.entries(places))('as %s', async (_place, build) => {
    const [path, init] = build(key);
    const before = platform.logged.length;
    const answer = await request(platform, path, init);
    expect(answer.status).toBeLessThan(500);
    await expect.poll(() => platform.logged.length).toBeGreaterThan(before);
    expect(platform.logged.slice(before).join('\n')).not.toContain(key.slice(6, -4));
  });
});

it('logs an internal error with its reason, without key or data', async () => {
  const broken = await startTestPlatform();
  const owner = await makeCustomer(broken);
  await sql`alter table validation_executions add check (false)`.execute(broken.database.kysely);
  // From then on, it is known whose the key is.
  await request(broken, '/api/v1/whoami', { headers: { 'x-api-key': owner.apiKey } });
  const body = goodBody(owner, { data: { secret: `${owner.apiKey} hush` } });
  const answer = await request(broken, '/api/v1/phases/store', {
    method: 'POST',
    headers: { 'x-api-key': owner.apiKey, 'content-type': 'application/json', traceparent: parent },
    body: JSON.stringify(body),
  });
  const { message } = expectError(answer, 500, 'INTERNAL_ERROR');
  expect(message).not.toContain('check');
  const errors = broken.logged.filter((text) => text.includes('"level":"error"'));
  expect(errors.some((text) => text.includes('violates check constraint'))).toBe(true);
  const { requestId } = errorBody.parse(answer.body);
  for (const text of errors)
    expect(JSON.parse(text)).toMatchObject({ requestId, traceId: trace, customerId: owner.id });
  expect(broken.logged.join('\n')).not.toMatch(new RegExp(`hush|${owner.apiKey}`));
  await broken[Symbol.asyncDispose]();
});
