// Responses about customers must not be cached.
import { expect, it } from 'vitest';
import { request } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const { apiKey } = await makeCustomer(platform);

it.each([
  '/api/v1/whoami',
  '/api/v1/phases/retrieve?repo=a/b&commit=c',
  '/api/v1/phases/store',
  '/api/v1/keys',
  '/api/v1/auth/token',
  '/trpc/whoami',
  '/trpc/no.such',
  '/health',
  '/health/ready',
  '/nowhere',
  '/docsx',
])('forbids caching of %s', async (path) => {
  for (const headers of [{ 'x-api-key': apiKey }, { 'x-api-key': 'rsolv_unknown' }]) {
    const answer = await request(platform, path, { headers });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }
});

it.each(['/docs/', '/openapi.json'])('allows caching of %s', async (path) => {
  const { status, headers } = await fetch(new URL(path, platform.url));
  expect({ status, caching: headers.get('cache-control') }).not.toMatchObject({ caching: 'no-store' });
  expect(status).toBe(200);
});
