// The log line of a refused request says why, by whom and from where, as the audit does; probes are logged at the level debug.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expectError, request } from '@rsolv/test-harness/calls';
import { makeCustomer, startTestPlatform, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const line = z.looseObject({ level: z.string(), requestId: z.string(), status: z.number().optional() });

/** The lines of a request that say how it ended. */
async function linesOf({ headers }: { readonly headers: Headers }) {
  const requestId = headers.get('x-request-id');
  const lines = () =>
    platform.logged
      .map((text) => line.parse(JSON.parse(text)))
      .filter((each) => each.requestId === requestId && each.status !== undefined);
  await expect.poll(lines).toHaveLength(1);
  return lines();
}

describe('a refused request', () => {
  const json = { 'content-type': 'application/json' };
  const withKey = { 'x-api-key': customer.apiKey };

  it.each<[string, string, RequestInit, number, string]>([
    ['an invalid field', '/api/v1/phases/store', { method: 'POST', body: '{}' }, 400, 'INVALID_INPUT'],
    ['a body that is no JSON', '/api/v1/phases/store', { method: 'POST', body: '{' }, 400, 'MALFORMED_BODY'],
    ['an unknown filter value', '/api/v1/phases/retrieve?repo=x&commit=abcdef1', {}, 400, 'INVALID_INPUT'],
    ['a missing scope', '/api/v1/keys', {}, 403, 'SCOPE_MISSING'],
    ['an invalid field over tRPC', '/trpc/phases.store', { method: 'POST', body: '{"json":{}}' }, 400, 'INVALID_INPUT'],
  ])('with %s is logged with code, key, customer and address', async (_name, path, init, status, code) => {
    const answer = await request(platform, path, { ...init, headers: { ...withKey, ...json } });
    expect(answer.status).toBe(status);
    expect(await linesOf(answer)).toMatchObject([
      { level: 'info', status, code, customerId: customer.id, apiKeyId: customer.apiKeyId, address: '127.0.0.1' },
    ]);
  });

  it.each<[string, string, Record<string, string>, number, string]>([
    ['without a key', '/api/v1/whoami', {}, 401, 'API_KEY_MISSING'],
    ['with an unknown key', '/trpc/whoami', { 'x-api-key': 'unknown-0123456789' }, 401, 'API_KEY_UNKNOWN'],
    ['to no route', '/nowhere', {}, 404, 'NOT_FOUND'],
  ])('%s is logged with code and address', async (_name, path, headers, status, code) => {
    const answer = await request(platform, path, { headers });
    expect(answer.status).toBe(status);
    const [line] = await linesOf(answer);
    expect(line).toMatchObject({ level: 'info', status, code, address: '127.0.0.1' });
    expect(line).not.toHaveProperty('apiKeyId');
  });

  it('in a batch is logged with the codes of all its calls', async () => {
    const path = '/trpc/keys.list,phases.retrieve,keys.list,whoami?batch=1';
    const [line] = await linesOf(await request(platform, path, { headers: withKey }));
    expect(line?.['code']).toBeOneOf(['SCOPE_MISSING,INVALID_INPUT', 'INVALID_INPUT,SCOPE_MISSING']);
  });

  it('is logged with the key and the customer over a rate limit, where no query finds them', async () => {
    await using limited = await startTestPlatform({ rateLimits: { perKey: 1 } });
    const owner = await makeCustomer(limited);
    const ask = () => request(limited, '/api/v1/whoami', { headers: { 'x-api-key': owner.apiKey } });
    await ask();
    expectError(await ask(), 429, 'RATE_LIMITED');
    const facts = { code: 'RATE_LIMITED', customerId: owner.id, apiKeyId: owner.apiKeyId, address: '127.0.0.1' };
    await expect
      .poll(() => limited.logged.map((text): unknown => JSON.parse(text)))
      .toContainEqual(expect.objectContaining(facts));
  });
});

it.each(['/health', '/health/ready'])('logs %s at the level debug', async (path) => {
  const [line] = await linesOf(await request(platform, path));
  expect(line).toMatchObject({ level: 'debug', status: 200 });
  expect(line).not.toHaveProperty('code');
  expect(line).not.toHaveProperty('address');
});

it.each(['/docs/start.js', '/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js'])('logs the path %s', async (path) => {
  const answer = await fetch(new URL(path, platform.url));
  expect(await linesOf(answer)).toMatchObject([{ path, status: 200 }]);
});
