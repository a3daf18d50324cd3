import { describe, expect, it } from 'vitest';
import { expectError } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';
import { send } from './raw-request.ts';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];
const routes = {
  '/api/v1/phases/store': ['POST'],
  '/api/v1/phases/retrieve': ['GET', 'HEAD'],
  '/api/v1/whoami': ['GET', 'HEAD'],
  '/': ['GET', 'HEAD'],
  '/health': ['GET', 'HEAD'],
  '/health/ready': ['GET', 'HEAD'],
  '/openapi.json': ['GET', 'HEAD'],
  '/docs': ['GET', 'HEAD'],
  '/docs/start.js': ['GET', 'HEAD'],
  '/docs/page.css': ['GET', 'HEAD'],
  '/docs/swagger-ui.css': ['GET', 'HEAD'],
  '/docs/swagger-ui-bundle.js': ['GET', 'HEAD'],
};

describe.each(Object.entries(routes))('%s', (path, allowed) => {
  it.each(methods.filter((method) => !allowed.includes(method)))('%s', async (method) => {
    const headers = { 'x-api-key': customer.apiKey, 'content-type': 'application/json' };
    const answer = await send(platform, { method, path, headers });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')?.split(', ')).toEqual(allowed);
    if (method !== 'HEAD') expectError(answer, 405, 'METHOD_NOT_ALLOWED');
  });
});

it('returns 405 without an API key', async () => {
  const { message } = expectError(
    await send(platform, { method: 'GET', path: '/api/v1/phases/store' }),
    405,
    'METHOD_NOT_ALLOWED',
  );
  expect(message).toContain('POST');
});

it.each(['/health', '/health/ready', '/openapi.json'])('answers HEAD %s like GET, without a body', async (path) => {
  const [head, get] = await Promise.all(['HEAD', 'GET'].map((method) => send(platform, { method, path })));
  expect(head).toMatchObject({ status: 200, body: undefined });
  expect(head?.headers.get('content-length')).toBe(get?.headers.get('content-length'));
});
