// The address of the platform itself leads to its documentation.
import { describe, expect, it } from 'vitest';
import { testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();

const get = (accept?: string) =>
  fetch(`${platform.url}/`, { redirect: 'manual', ...(accept !== undefined && { headers: { accept } }) });

describe('GET /', () => {
  it('leads browsers to the documentation, by a relative address', async () => {
    const answer = await get('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8');
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe('docs');
    expect(answer.headers.get('vary')).toContain('Accept');
    expect(new URL('docs', 'https://proxy.test/rsolv/').pathname).toBe('/rsolv/docs');
  });

  it.each(['*/*', 'application/json', 'application/json, text/html;q=0.5', 'image/png', undefined])(
    'tells other clients where everything is: Accept %s',
    async (accept) => {
      const answer = await get(accept);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toContain('application/json');
      const links = { docs: 'docs', openapi: 'openapi.json', health: 'health/ready' };
      expect(await answer.json()).toEqual({ name: 'RSOLV phase data', version: expect.any(String), ...links });
      for (const link of Object.values(links)) expect((await fetch(`${platform.url}/${link}`)).status).toBe(200);
    },
  );

  it('ignores parameters, which links from elsewhere have', async () => {
    expect((await fetch(`${platform.url}/?utm_source=newsletter`)).status).toBe(200);
  });
});
