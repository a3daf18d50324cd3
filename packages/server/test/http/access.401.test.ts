// Every operation refuses an invalid API key before it checks anything else.
import { describe, expect, it } from 'vitest';
import { revokeKey } from '../../src/accounts/revoke-key.ts';
import { setCustomerActive } from '../../src/accounts/set-customer-active.ts';
import { expectError, goodBody, request } from '@rsolv/test-harness/calls';
import { by } from '@rsolv/test-harness/key-ring';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();

type Headers = Record<string, string>;

const good = JSON.stringify(goodBody({ namespace: 'owner' }));
const get = (path: string) => ({ path, init: (headers: Headers) => ({ headers }) });
const post = (path: string, body: string) => ({
  path,
  init: (headers: Headers) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  }),
});
const storeText = (body: string) => post('/api/v1/phases/store', body);

const operations = {
  store: storeText(good),
  'store of an empty object': storeText('{}'),
  'store of a number out of range': storeText('{"data":{"a":1e400}}'),
  'store of what is not JSON': storeText('{'),
  retrieve: get('/api/v1/phases/retrieve?repo=owner/demo&issue=42&commit=abc'),
  'retrieve without parameters': get('/api/v1/phases/retrieve'),
  whoami: get('/api/v1/whoami'),
};
const trpcOperations = {
  store: post('/trpc/phases.store', `{"json":${good}}`),
  'store of an empty object': post('/trpc/phases.store', '{"json":{}}'),
  retrieve: get('/trpc/phases.retrieve?input=%7B%22json%22%3A%7B%7D%7D'),
  whoami: get('/trpc/whoami'),
};

/** Invalid API keys. Each one creates the headers to send. */
const keys = {
  none: { code: 'API_KEY_MISSING', remedy: 'x-api-key', headers: () => ({}) },
  'an empty one': { code: 'API_KEY_MISSING', remedy: 'x-api-key', headers: () => ({ 'x-api-key': ' ' }) },
  'Basic instead of Bearer': {
    code: 'API_KEY_MISSING',
    remedy: 'Authorization: Bearer',
    headers: () => ({ authorization: 'Basic b3duZXI6a2V5' }),
  },
  'an unknown one': {
    code: 'API_KEY_UNKNOWN',
    remedy: 'Check that you copied the whole key',
    headers: () => ({ 'x-api-key': 'rsolv_unknown' }),
  },
  'an unknown Bearer': {
    code: 'API_KEY_UNKNOWN',
    remedy: 'Check that you copied the whole key',
    headers: () => ({ authorization: 'Bearer rsolv_unknown' }),
  },
  'a hash instead of a key': {
    code: 'API_KEY_UNKNOWN',
    remedy: 'Check that you copied the whole key',
    headers: async () => {
      const { apiKeyId } = await makeCustomer(platform);
      const query = platform.database.kysely.selectFrom('api_keys').select('key_hash').where('id', '=', apiKeyId);
      return { 'x-api-key': Buffer.from((await query.executeTakeFirstOrThrow()).key_hash).toString('hex') };
    },
  },
  "one in another key's letter case": {
    code: 'API_KEY_UNKNOWN',
    remedy: 'Check that you copied the whole key',
    headers: async () => ({ 'x-api-key': (await makeCustomer(platform)).apiKey.toUpperCase() }),
  },
  'a revoked one': {
    code: 'API_KEY_REVOKED',
    remedy: 'another key',
    headers: async () => {
      const { apiKey, apiKeyId } = await makeCustomer(platform);
      await revokeKey(platform.database.fork(), { apiKeyId: apiKeyId }, by);
      return { 'x-api-key': apiKey };
    },
  },
  'an expired one': {
    code: 'API_KEY_EXPIRED',
    remedy: 'new one',
    headers: async () => ({ 'x-api-key': (await makeCustomer(platform, { expiresAt: new Date() })).apiKey }),
  },
  'one of an inactive customer': {
    code: 'CUSTOMER_INACTIVE',
    remedy: 'activate it',
    headers: async () => {
      const { apiKey, name } = await makeCustomer(platform);
      await setCustomerActive(platform.database.fork(), { nameOrId: name, active: false, by });
      return { 'x-api-key': apiKey };
    },
  },
} as const;

describe.each(Object.entries(keys))('%s', (_key, { code, remedy, headers }) => {
  it.each(Object.entries(operations))('%s', async (_operation, { path, init }) => {
    const answer = await request(platform, path, init(await Promise.resolve(headers())));
    expect(expectError(answer, 401, code).message).toContain(remedy);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it.each(Object.entries(trpcOperations))('%s over tRPC', async (_operation, { path, init }) => {
    const answer = await request(platform, path, init(await Promise.resolve(headers())));
    const error = { message: expect.stringContaining(remedy), data: { httpStatus: 401, error: { code } } };
    expect(answer).toMatchObject({ status: 401, body: { error: { json: error } } });
  });
});

describe('takes effect on the next request', () => {
  const whoami = (apiKey: string) => request(platform, '/api/v1/whoami', { headers: { 'x-api-key': apiKey } });

  it('deactivating and activating a customer', async () => {
    const { apiKey, name } = await makeCustomer(platform);
    expect(await whoami(apiKey)).toMatchObject({ status: 200 });
    await setCustomerActive(platform.database.fork(), { nameOrId: name, active: false, by });
    expectError(await whoami(apiKey), 401, 'CUSTOMER_INACTIVE');
    await setCustomerActive(platform.database.fork(), { nameOrId: name, active: true, by });
    expect(await whoami(apiKey)).toMatchObject({ status: 200 });
  });

  it('revoking a key, and only that key', async () => {
    const customer = await makeCustomer(platform);
    const other = await makeCustomer(platform);
    expect(await whoami(customer.apiKey)).toMatchObject({ status: 200 });
    await revokeKey(platform.database.fork(), { apiKeyId: customer.apiKeyId }, by);
    expectError(await whoami(customer.apiKey), 401, 'API_KEY_REVOKED');
    expect(await whoami(other.apiKey)).toMatchObject({ status: 200 });
  });

  it('an expiry in the future has no effect yet', async () => {
    const { apiKey } = await makeCustomer(platform, { expiresAt: new Date(Date.now() + 3_600_000) });
    expect(await whoami(apiKey)).toMatchObject({ status: 200 });
  });
});
