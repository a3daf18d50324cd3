import { expect, it } from 'vitest';
import { expectError } from '@rsolv/test-harness/calls';
import { testPlatform } from '@rsolv/test-harness/platform';
import { send } from './raw-request.ts';

const platform = await testPlatform();

it.each([
  '/index.html',
  '/api',
  '/api/v1',
  '/api/v1/phases',
  '/api/v1/phases/',
  '/api/v1/phases/stores',
  '/api/v1/phases/store/1',
  '/api/v1/Phases/store',
  '/API/V1/phases/store',
  '/api/v2/phases/store',
  '/api/v1/whoami/me',
  '/api/v1//phases/store',
  '/healthz',
  '/health/live',
  '/openapi.yaml',
  '/docs/package.json',
  '/docs/../package.json',
  '/docs/..%2f..%2fpackage.json',
  '/docs/index.html',
  '/favicon.ico',
  '/constructor',
  '/__proto__',
  '/a%20b',
  `/${'x'.repeat(8000)}`,
])('returns 404 for GET %.60s', async (path) => {
  const { message } = expectError(await send(platform, { method: 'GET', path }), 404, 'NOT_FOUND');
  expect(message).toContain('/openapi.json');
  expect(message.length).toBeLessThan(400);
});

it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])(
  'returns 404 for %s to an unknown route',
  async (method) => {
    const { message } = expectError(await send(platform, { method, path: '/nowhere' }, '{"a":1}'), 404, 'NOT_FOUND');
    expect(message).toContain(method);
  },
);

it.each(['/%', '/%zz', '/docs/%E0%A4%A', '/api/v1/phases/%c0%af', '/trpc/%zz', '/trpc/%E0%A4%A'])(
  'returns a 4xx for the invalid percent-encoding of %s',
  async (path) => {
    for (const method of ['GET', 'POST']) {
      const answer = await send(platform, { method, path });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    }
  },
);
