// Pages of other sites can't use the platform, and responses have the security headers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { request } from '@rsolv/test-harness/calls';
import { makeCustomer, startTestPlatform, type TestCustomer, type TestPlatform } from '@rsolv/test-harness/platform';

let platform: TestPlatform;
let customer: TestCustomer;

beforeAll(async () => {
  platform = await startTestPlatform();
  customer = await makeCustomer(platform);
});
afterAll(() => platform[Symbol.asyncDispose]());

const origin = 'https://elsewhere.example';
/** What a browser's question is answered with, which has to be a success for the page to go on. */
const refusals = {
  '/health': 405,
  '/openapi.json': 405,
  '/api/v1/phases/store': 405,
  '/api/v1/whoami': 405,
  '/api/v1/keys': 405,
  '/trpc/whoami': 405,
  '/no': 404,
};

const corsHeaders = ({ headers }: { headers: Headers }) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'));

describe.each(Object.entries(refusals))('%s', (path, status) => {
  it('does not allow requests with an API key from other origins', async () => {
    const preflight = await request(platform, path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-api-key' },
    });
    expect(preflight.status).toBe(status);
    expect(corsHeaders(preflight)).toEqual([]);
  });

  it('does not let other origins read the response', async () => {
    const answer = await request(platform, path, { headers: { origin, 'x-api-key': customer.apiKey } });
    expect(corsHeaders(answer)).toEqual([]);
  });

  it('has the security headers', async () => {
    const { headers } = await request(platform, path);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringContaining('max-age='),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
    });
    expect(headers.has('x-powered-by')).toBe(false);
  });
});
