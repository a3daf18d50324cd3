import { once } from 'node:events';
import { createServer, request as sendRequest } from 'node:http';
import { runInNewContext } from 'node:vm';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();

async function get(path: string) {
  const response = await fetch(new URL(path, platform.url));
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Sources of a page's links, scripts and styles. */
const assets = (html: string) => [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);

/** Serves the platform below a prefix, as a proxy with several tools on one host does. */
async function startPrefixProxy(prefix: string) {
  const server = createServer(({ url = '', method, headers }, response) => {
    if (!url.startsWith(`${prefix}/`)) return void response.writeHead(404).end();
    const sent = sendRequest(`${platform.url}${url.slice(prefix.length)}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    sent.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}${prefix}`;
}

it.each(
  ['', '/rsolv', '/tools/rsolv'].flatMap((prefix) =>
    ['/docs', '/docs/', '/docs?utm_source=x'].map((path) => [prefix, path] as const),
  ),
)('serves %s%s with assets of this server only', async (prefix, path) => {
  const base = prefix === '' ? platform.url : await startPrefixProxy(prefix);
  const page = await get(`${base}${path}`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(page.text).not.toMatch(/https?:\/\//);
  const own = assets(page.text).filter((address) => !address.startsWith('data:'));
  expect(own.length).toBeGreaterThanOrEqual(4);
  for (const address of own) {
    // Relative to the page.
    expect(address).not.toMatch(/^\//);
    const url = new URL(address, `${base}${path}`);
    expect(url.pathname).toMatch(new RegExp(`^${prefix}/docs/`));
    const asset = await get(url.href);
    expect({ address, status: asset.status }).toEqual({ address, status: 200 });
    expect(asset.headers.get('content-type')).toMatch(address.endsWith('.css') ? /text\/css/ : /javascript/);
    expect(asset.headers.get('x-content-type-options')).toBe('nosniff');
  }
});

it("starts with this server's OpenAPI document, wherever the script was loaded from", async () => {
  const base = await startPrefixProxy('/rsolv');
  const { text } = await get(`${base}/docs/start.js`);
  const options = startPage(text, `${base}/docs/start.js`).options;
  expect(options).toMatchObject({ url: `${base}/openapi.json`, validatorUrl: null, tryItOutEnabled: true });
  expect(text).not.toMatch(/https?:\/\//);
  const { servers } = z
    .object({ servers: z.array(z.object({ url: z.string() })) })
    .parse(JSON.parse((await get(options.url)).text));
  // As a client of the document resolves the address of a call.
  expect(servers.map(({ url }) => new URL(`${url}api/v1/whoami`, options.url).href)).toEqual([`${base}/api/v1/whoami`]);
});

it('keeps an API key for the tab, until it is logged out', async () => {
  const { text } = await get('/docs/start.js');
  const first = startPage(text, `${platform.url}/docs/start.js`);
  const auth = { apiKey: { name: 'apiKey', value: 'a key' } };
  expect(first.actions('authorize')(auth)).toBe(auth);
  const reloaded = startPage(text, `${platform.url}/docs/start.js`, first.session);
  reloaded.options.onComplete();
  expect(reloaded.authorized).toEqual([auth]);
  first.actions('logout')(['apiKey']);
  const later = startPage(text, `${platform.url}/docs/start.js`, first.session);
  later.options.onComplete();
  expect(later.authorized).toEqual([]);
});

interface Options {
  readonly url: string;
  readonly onComplete: () => void;
  readonly plugins: readonly (() => {
    statePlugins: {
      auth: { wrapActions: Record<string, (original: (value: unknown) => unknown) => (value: unknown) => unknown> };
    };
  })[];
}

/** Runs the page's script as a browser does, with this session storage. */
function startPage(script: string, src: string, session = new Map<string, string>()) {
  const started: Options[] = [];
  const authorized: unknown[] = [];
  runInNewContext(script, {
    URL,
    document: { currentScript: { src } },
    sessionStorage: {
      getItem: (name: string) => session.get(name) ?? null,
      setItem: (name: string, value: string) => session.set(name, value),
      removeItem: (name: string) => session.delete(name),
    },
    SwaggerUIBundle: (options: Options) => {
      started.push(options);
      return { authActions: { authorize: (value: unknown) => authorized.push(value) } };
    },
  });
  const [options] = z.tuple([z.custom<Options>()]).parse(started);
  const actions = (name: string) => {
    const wrap = options.plugins[0]?.().statePlugins.auth.wrapActions[name];
    if (wrap === undefined) throw new Error(`There is no ${name}`);
    return wrap((value) => value);
  };
  return { options, authorized, session, actions };
}

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

it('forbids all other responses to load anything', async () => {
  for (const path of ['/health', '/openapi.json', '/api/v1/whoami', '/nowhere']) {
    const { headers } = await get(path);
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});
