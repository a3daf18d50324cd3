// Every environment variable that the client reads: absent, empty, padded with blanks and line ends, and unusable.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as client from '../src/index.ts';
import { failureOf } from './harness/failure-of.ts';
import { scan, scanned } from './harness/scan.ts';
import { startScriptedServer, stored, type ScriptedServer } from './harness/scripted-server.ts';
import { enterWorkspace, type Workspace } from './harness/workspace.ts';

const secret = 'rsolv_this-is-secret';
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const names = [
  'RSOLV_API_KEY',
  'RSOLV_API_URL',
  'RSOLV_ID_TOKEN',
  'ACTIONS_ID_TOKEN_REQUEST_URL',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
  'USE_PLATFORM_STORAGE',
  'GITHUB_ACTIONS',
  'GITHUB_SHA',
  'CI_COMMIT_SHA',
  'TRACEPARENT',
  'HTTP_PROXY',
  'http_proxy',
  'HTTPS_PROXY',
  'https_proxy',
  'NO_PROXY',
  'no_proxy',
];

let workspace: Workspace;
let server: ScriptedServer;
beforeEach(async () => {
  workspace = await enterWorkspace();
  server = await startScriptedServer(async ({ url }) => {
    if (url.startsWith('/runner')) return { status: 200, body: { value: 'a.b.c' } };
    if (url === '/api/v1/auth/token') return { status: 200, body: { access_token: 'rsolvw_key', expires_in: 900 } };
    return stored;
  });
  for (const name of names) vi.stubEnv(name, undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

const options = { maxRetries: 0, logger: { debug: () => {}, warn: () => {} } };
const store = () =>
  new client.PhaseDataClient(undefined, undefined, options).storePhaseResults('scan', { scan }, scanned());
const last = () => server.received.at(-1);
const set = (variables: Record<string, string>) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
};

/** Each variable with a value, and what shows that it was read. */
const values: [name: string, others: () => Record<string, string>, value: () => string, isRead: () => unknown][] = [
  ['RSOLV_API_KEY', () => ({}), () => secret, () => last()?.headers['x-api-key'] === secret],
  ['RSOLV_API_URL', () => ({ RSOLV_API_KEY: secret }), () => server.url, () => last() !== undefined],
  ['RSOLV_ID_TOKEN', () => ({}), () => 'd.e.f', () => server.received[0]?.body.includes('"d.e.f"')],
  [
    'ACTIONS_ID_TOKEN_REQUEST_URL',
    () => ({ ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret }),
    () => `${server.url}/runner?a=b`,
    () => server.received[0]?.url.startsWith('/runner?a=b&audience='),
  ],
  [
    'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
    () => ({ ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/runner` }),
    () => secret,
    () => server.received[0]?.headers.authorization === `Bearer ${secret}`,
  ],
  ['USE_PLATFORM_STORAGE', () => ({ RSOLV_API_KEY: secret }), () => 'False', () => last() === undefined],
  [
    'TRACEPARENT',
    () => ({ RSOLV_API_KEY: secret }),
    () => traceparent,
    () => last()?.headers['traceparent'] === traceparent,
  ],
  [
    'HTTP_PROXY',
    () => ({ RSOLV_API_KEY: secret, RSOLV_API_URL: 'http://platform.internal' }),
    () => server.url,
    () => last()?.url.startsWith('http://platform.internal/'),
  ],
  [
    'NO_PROXY',
    () => ({ RSOLV_API_KEY: secret, RSOLV_API_URL: 'http://platform.internal', http_proxy: server.url }),
    () => 'platform.internal',
    () => last() === undefined,
  ],
];

describe.each(values)('%s', (name, others, value, isRead) => {
  it.each(['%', ' %', '%\r\n', '\t% \n'])('is read as %j', async (padded) => {
    set({ RSOLV_API_URL: server.url, ...others(), [name]: padded.replace('%', value()) });
    await store();
    expect(isRead()).toBe(true);
  });

  it.each(['', ' ', '\r\n'])('counts as absent where it is %j', async (blank) => {
    set({ RSOLV_API_URL: server.url, ...others(), [name]: blank });
    // Without the variable, the default address would be asked.
    if (name === 'RSOLV_API_URL') vi.stubGlobal('fetch', () => Promise.reject(new Error('api.rsolv.dev')));
    const result = await store().finally(() => vi.unstubAllGlobals());
    expect(result.success).toBe(true);
    expect(isRead()).not.toBe(true);
  });
});

describe('a variable that can not be used is named, without its value', () => {
  it.each<[string, Record<string, string>]>([
    ['quotes', { RSOLV_API_KEY: `"${secret}"` }],
    ['API key', { RSOLV_API_KEY: `${secret} ${secret}` }],
    ['ACTIONS_ID_TOKEN_REQUEST_URL', { ACTIONS_ID_TOKEN_REQUEST_URL: secret, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'a' }],
    [
      'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
      { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1', ACTIONS_ID_TOKEN_REQUEST_TOKEN: `a\n${secret}` },
    ],
    ['HTTP_PROXY', { RSOLV_API_KEY: 'k', RSOLV_API_URL: 'http://a.test', HTTP_PROXY: `http://me:${secret}%@p.test` }],
    ['HTTP_PROXY', { RSOLV_API_KEY: 'k', RSOLV_API_URL: 'http://a.test', HTTP_PROXY: `socks5://me:${secret}@p.test` }],
  ])('%s', async (name, variables) => {
    set({ RSOLV_API_URL: server.url, ...variables });
    const error = await failureOf((async () => client.createClient(options).whoami.query())());
    expect(error).toBeInstanceOf(client.ConfigurationError);
    expect(error.message).toContain(name);
    expect(error.message).not.toContain(secret);
    expect(await store()).toMatchObject({ storage: 'local', reason: { code: 'CONFIGURATION' } });
  });
});

it.each(['', 'two words', 'line\nbreak', 'ключ'])(
  'an idempotency key %j is refused by name',
  async (idempotencyKey) => {
    const made = client.createClient({ apiKey: secret, baseUrl: server.url });
    const error = await failureOf(made.keys.create.mutate({}, { idempotencyKey }));
    expect(error).toBeInstanceOf(client.InvalidRequestError);
    expect(error.details).toMatchObject([{ path: 'Idempotency-Key' }]);
    expect(server.received).toEqual([]);
  },
);
