import { expect, it } from 'vitest';
import { testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();

async function get(path: string) {
  const response = await fetch(new URL(path, platform.url));
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Sources of a page's links, scripts and styles. */
const assets = (html: string) => [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);

it.each(['/docs', '/docs/'])('serves %s with assets of this server only', async (path) => {
  const page = await get(path);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(page.text).not.toMatch(/https?:\/\//);
  const own = assets(page.text).filter((address) => !address.startsWith('data:'));
  expect(own.length).toBeGreaterThanOrEqual(3);
  for (const address of own) {
    expect(address).toMatch(/^\/(?!\/)/);
    const asset = await get(address);
    expect({ address, status: asset.status }).toEqual({ address, status: 200 });
    expect(asset.headers.get('content-type')).toMatch(address.endsWith('.css') ? /text\/css/ : /javascript/);
    expect(asset.headers.get('x-content-type-options')).toBe('nosniff');
  }
});

it('forbids the page to load anything from other origins or to be framed', async () => {
  for (const path of ['/docs', '/docs/start.js', '/docs/swagger-ui-bundle.js']) {
    const policy = (await get(path)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/);
  }
});

it("loads this server's OpenAPI document", async () => {
  const { text } = await get('/docs/start.js');
  expect(text).toContain("url: '/openapi.json'");
  expect(text).toContain('validatorUrl: null');
  expect(text).not.toMatch(/https?:\/\//);
});

it('forbids all other responses to load anything', async () => {
  for (const path of ['/health', '/openapi.json', '/api/v1/whoami', '/nowhere']) {
    const { headers } = await get(path);
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});
