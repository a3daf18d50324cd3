// Errors over tRPC contain the same code, message and details as over REST, in the shape that tRPC clients read.
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { revokeKey } from '../../src/accounts/revoke-key.ts';
import { expectError, goodBody, request } from '@rsolv/test-harness/calls';
import { by } from '@rsolv/test-harness/key-ring';
import { makeCustomer, startTestPlatform, testPlatform, testBodyLimitBytes } from '@rsolv/test-harness/platform';
import { send } from '../http/raw-request.ts';
import { makeClient, refusal, refusalIn } from './client.ts';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const scan = (namespace: string) =>
  ({ phase: 'scan', repo: `${namespace}/demo`, commitSha: 'c0ffee', data: {} }) as const;

describe('a call is refused', () => {
  it('names the invalid fields', async () => {
    const client = makeClient(platform, customer);
    const { message, ...error } = await refusal(
      client.phases.store.mutate({ ...scan(customer.namespace), commitSha: 'a b' }),
    );
    expect(error).toMatchObject({ status: 400, code: 'INVALID_INPUT' });
    expect(error.details?.map(({ path }) => path)).toEqual(['commitSha']);
    expect(message).toContain('commitSha');
    const retrieved = await refusal(client.phases.retrieve.query({ repo: 'demo', commit: 'c0ffee', issue: 0 }));
    expect(retrieved.details?.map(({ path }) => path)).toContain('issue');
  });

  it('refuses an unknown API key', async () => {
    const unknown = makeClient(platform, { apiKey: 'rsolv_unknown' });
    for (const call of [unknown.whoami.query(), unknown.phases.store.mutate(scan('o'))])
      expect(await refusal(call)).toMatchObject({ status: 401, code: 'API_KEY_UNKNOWN' });
    const revoked = await makeCustomer(platform);
    await revokeKey(platform.database.fork(), { apiKeyId: revoked.apiKeyId }, by);
    expect(await refusal(makeClient(platform, revoked).whoami.query())).toMatchObject({ code: 'API_KEY_REVOKED' });
  });

  it('refuses a namespace without a verified forge account', async () => {
    const client = makeClient(platform, customer);
    expect(await refusal(client.phases.store.mutate(scan('other')))).toMatchObject({
      status: 403,
      code: 'FORGE_ACCOUNT_MISSING',
      message: expect.stringContaining('rsolv forge add'),
    });
    const unverified = await makeCustomer(platform, { account: 'unverified' });
    const query = { repo: `${unverified.namespace}/demo`, commit: 'c0ffee' };
    expect(await refusal(makeClient(platform, unverified).phases.retrieve.query(query))).toMatchObject({
      status: 403,
      code: 'FORGE_ACCOUNT_UNVERIFIED',
      message: expect.stringContaining('rsolv forge verify'),
    });
  });
});

describe('a body is refused', () => {
  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    request(platform, '/trpc/phases.store', {
      method: 'POST',
      headers: { 'x-api-key': customer.apiKey, 'content-type': 'application/json', ...headers },
      body,
    });

  it.each([
    ['not JSON', '{"json":', {}, 400, 'MALFORMED_BODY'],
    ['empty', '', {}, 400, 'MALFORMED_BODY'],
    ['no object', '[]', {}, 400, 'INVALID_INPUT'],
    ['no superjson', '{"phase":"scan"}', {}, 400, 'INVALID_INPUT'],
    ['a number at fault', '{"json":{"data":{"a":1e400}}}', {}, 400, 'INVALID_INPUT'],
    ['not gzip', '{"json":{}}', { 'content-encoding': 'gzip' }, 400, 'MALFORMED_BODY'],
    ['another content type', '{"json":{}}', { 'content-type': 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['another encoding', '{"json":{}}', { 'content-encoding': 'zstd' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['too large', ' '.repeat(testBodyLimitBytes + 1), {}, 413, 'PAYLOAD_TOO_LARGE'],
    ['without a key', '{"json":{}}', { 'x-api-key': '' }, 401, 'API_KEY_MISSING'],
    ['with an unknown key', '{"json":{}}', { 'x-api-key': 'unknown' }, 401, 'API_KEY_UNKNOWN'],
    ['not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), {}, 400, 'MALFORMED_BODY'],
    [
      'unpacked too large',
      new Uint8Array(gzipSync(Buffer.alloc(testBodyLimitBytes + 1))),
      { 'content-encoding': 'gzip' },
      413,
      'PAYLOAD_TOO_LARGE',
    ],
  ])('%s', async (_name, body, headers, status, code) => {
    const answer = await post(body, headers);
    expect(refusalIn(answer)).toMatchObject({ status, code });
    expect(answer.body).toHaveProperty('error.json.data.requestId', answer.headers.get('x-request-id'));
  });

  it('accepts a compressed body', async () => {
    const packed = new Uint8Array(gzipSync(JSON.stringify({ json: goodBody(customer) })));
    expect(await post(packed, { 'content-encoding': 'gzip' })).toMatchObject({ status: 200 });
  });
});

describe('a route', () => {
  const headers = () => ({ 'x-api-key': customer.apiKey, 'content-type': 'application/json' });

  it.each([
    '/trpc/nothing',
    '/trpc/phases',
    '/trpc/phases.constructor',
    '/trpc/constructor',
    '/trpc/__proto__.toString',
  ])('returns 404 for %s', async (path) => {
    const answer = await request(platform, path, { headers: headers() });
    expect(refusalIn(answer)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  it.each([
    ['GET', '/trpc/phases.store?input=%7B%22json%22%3A%7B%7D%7D'],
    ['POST', '/trpc/whoami'],
    ['POST', '/trpc/phases.retrieve'],
  ])('returns 405 for %s %s', async (method, path) => {
    const body = method === 'POST' ? { body: '{"json":{}}' } : {};
    const answer = await request(platform, path, { method, headers: headers(), ...body });
    expect(refusalIn(answer)).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
  });

  it.each(['x', '[]', '{"a":1}'])('refuses the connection parameters %s', async (params) => {
    const answer = await request(platform, `/trpc/whoami?connectionParams=${params}`, { headers: headers() });
    const details = [{ path: 'connectionParams' }];
    expect(refusalIn(answer)).toMatchObject({ status: 400, code: 'INVALID_INPUT', details });
  });

  it.each(['TRACE', 'PUT', 'DELETE', 'OPTIONS'])('returns 405 for the method %s', async (method) => {
    const answer = await send(platform, { method, path: '/trpc/whoami', headers: headers() });
    expectError(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
  });

  it('returns 400 for an invalid percent-encoding', async () => {
    for (const method of ['GET', 'POST']) {
      const answer = await send(platform, { method, path: '/trpc/%zz', headers: headers() });
      expect(expectError(answer, 400, 'MALFORMED_BODY').message).toContain('percent-encoding');
    }
  });

  it.each(['a b<>[]', '::::', ''])('ignores the Host header %j', async (host) => {
    const answer = await send(platform, { method: 'GET', path: '/trpc/whoami', headers: { ...headers(), host } });
    expect(answer.status).toBe(200);
  });

  it.each(['{', '%7B', '"text"', '[]', 'null'])('refuses a query with the input %s', async (input) => {
    const answer = await request(platform, `/trpc/phases.retrieve?input=${input}`, { headers: headers() });
    expect(refusalIn(answer).status).toBe(400);
  });
});

it('hides the reason of an internal error from the caller', async () => {
  const broken = await startTestPlatform();
  const owner = await makeCustomer(broken);
  await sql`drop table scan_executions`.execute(broken.database.kysely);
  const error = await refusal(makeClient(broken, owner).phases.store.mutate(scan(owner.namespace)));
  expect(error).toMatchObject({ status: 500, code: 'INTERNAL_ERROR' });
  expect(error.message).not.toContain('scan_executions');
  const lines = broken.logged.filter((line) => line.includes('scan_executions'));
  expect(lines).toEqual([expect.stringContaining(`"requestId":"${error.requestId}"`)]);
  await broken[Symbol.asyncDispose]();
});
