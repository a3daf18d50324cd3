// Large bodies are read only with a valid API key. Other requests are refused while most of the body is still to come.
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { revokeKey } from '../../src/accounts/revoke-key.ts';
import { expectError, request } from '@rsolv/test-harness/calls';
import { by } from '@rsolv/test-harness/key-ring';
import {
  makeCustomer,
  startServer,
  startTestPlatform,
  testBodyLimitBytes,
  testPlatform,
} from '@rsolv/test-harness/platform';
import { refusalIn } from '../trpc/client.ts';
import { answerTo, open } from './raw-request.ts';

const platform = await testPlatform();

const post = (path: string, key: string, headers: Record<string, string> = {}) => ({
  method: 'POST',
  path,
  headers: { 'x-api-key': key, 'content-type': 'application/json', ...headers },
});

const little = 64 * 1024;

/** The answer to a request whose body goes on after what is sent of it. */
function answerBeforeTheEnd(to: Parameters<typeof open>[1], begin: string | Buffer, on = platform) {
  const request = open(on, to);
  const answer = answerTo(request);
  request.write(begin);
  return answer.finally(() => request.destroy());
}

const zeros = gzipSync(Buffer.alloc(testBodyLimitBytes), { level: 9 });

const sendings: [string, Record<string, string>, string | Buffer][] = [
  ['of a length that is announced', { 'content-length': String(testBodyLimitBytes) }, ' '.repeat(little + 1)],
  ['of no length', { 'transfer-encoding': 'chunked' }, ' '.repeat(little + 1)],
  ['packed', { 'content-encoding': 'gzip', 'transfer-encoding': 'chunked' }, zeros.subarray(0, -12)],
];

describe.each(sendings)('a body %s', (_name, headers, begin) => {
  it.each(['/api/v1/phases/store', '/api/v1/keys', '/api/v1/keys/x/rotate', '/api/v1/forge-accounts'])(
    'is not read without a valid key: %s',
    async (path) => {
      const answer = await answerBeforeTheEnd(post(path, 'rsolv_unknown', headers), begin);
      expect(expectError(answer, 401, 'API_KEY_UNKNOWN').message).toContain('Check that you copied the whole key');
    },
  );

  it('is not read without a valid key over tRPC', async () => {
    const answer = await answerBeforeTheEnd(post('/trpc/phases.store', 'rsolv_unknown', headers), begin);
    expect(refusalIn(answer)).toMatchObject({ status: 401, code: 'API_KEY_UNKNOWN' });
  });

  it('is not read with a revoked key, and the audit event names the key', async () => {
    const { apiKey, apiKeyId } = await makeCustomer(platform);
    await revokeKey(platform.database.fork(), { apiKeyId }, by);
    const answer = await answerBeforeTheEnd(post('/api/v1/phases/store', apiKey, headers), begin);
    expectError(answer, 401, 'API_KEY_REVOKED');
    const { kysely } = platform.database;
    await platform.auditTrail.write(kysely, 'everything');
    const events = kysely.selectFrom('audit_events').select('error_code').where('api_key_id', '=', apiKeyId);
    expect(await events.where('action', '=', 'authenticate').execute()).toEqual([{ error_code: 'API_KEY_REVOKED' }]);
  });
});

it('counts such a refusal as a failed authentication', async () => {
  const limited = await startServer({ rateLimits: { failuresPerAddress: 2 } });
  for (const [index, [, headers, begin]] of sendings.entries()) {
    const status = index < 2 ? 401 : 429;
    const answer = await answerBeforeTheEnd(post('/api/v1/phases/store', 'rsolv_unknown', headers), begin, limited);
    expect(answer.status).toBe(status);
  }
  await limited[Symbol.asyncDispose]();
});

it('returns 503 for a large body while the database is unavailable', async () => {
  const away = await startTestPlatform();
  const { apiKey } = await makeCustomer(away);
  await away.database.close();
  for (const [, headers, begin] of sendings) {
    const answer = await answerBeforeTheEnd(post('/api/v1/phases/store', apiKey, headers), begin, away);
    expect(expectError(answer, 503, 'DATABASE_UNAVAILABLE').message).toContain('Retry in a second');
  }
  await away[Symbol.asyncDispose]();
});

describe('over tRPC, a body is not read of', () => {
  const begin = '{"json":';
  const headers = { 'transfer-encoding': 'chunked' };

  it('calls over a limit', async () => {
    const limited = await startServer({ rateLimits: { perKey: 1 } });
    const { apiKey } = await makeCustomer(limited);
    const whoami = () => request(limited, '/api/v1/whoami', { headers: { 'x-api-key': apiKey } });
    expect((await whoami()).status).toBe(200);
    const answer = await answerBeforeTheEnd(post('/trpc/phases.store', apiKey, headers), begin, limited);
    expect(refusalIn(answer)).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    await limited[Symbol.asyncDispose]();
  });

  it.each([
    ['/trpc/no.such', 404, 'NOT_FOUND'],
    ['/trpc/whoami', 405, 'METHOD_NOT_ALLOWED'],
  ])('unknown procedures, which count as failed authentication: %s', async (path, status, code) => {
    const limited = await startServer({ rateLimits: { failuresPerAddress: 2 } });
    for (const _ of [1, 2]) {
      const answer = await answerBeforeTheEnd(post(path, 'rsolv_unknown', headers), begin, limited);
      expect(refusalIn(answer)).toMatchObject({ status, code });
    }
    expectError(await request(limited, '/api/v1/whoami'), 429, 'RATE_LIMITED');
    await limited[Symbol.asyncDispose]();
  });

  it('unknown procedures, which count for a known key', async () => {
    const limited = await startServer({ rateLimits: { perKey: 2 } });
    const { apiKey } = await makeCustomer(limited);
    const call = (path: string) => request(limited, path, { headers: { 'x-api-key': apiKey } });
    expect((await call('/trpc/whoami')).status).toBe(200);
    expect((await call('/trpc/no.such')).status).toBe(404);
    expect((await call('/trpc/whoami')).status).toBe(429);
    await limited[Symbol.asyncDispose]();
  });
});
