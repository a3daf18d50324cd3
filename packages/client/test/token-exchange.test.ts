// A token exchange is safe to repeat, whatever became of its answer.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Call } from '../src/call.ts';
import { Transport } from '../src/transport.ts';
import { failureOf } from './harness/failure-of.ts';
import { startScriptedServer, stored, type Answer, type ScriptedServer } from './harness/scripted-server.ts';

const store: Call = { method: 'POST', path: '/store', body: '{"a":1}', idempotencyKey: 'once' };
const exchangePath = '/api/v1/auth/token';

/** Runner and platform in one. */
let server: ScriptedServer;
/** What exchanges are answered with; then they succeed. */
let exchanges: Answer[];

beforeEach(async () => {
  for (const name of ['RSOLV_API_KEY', 'RSOLV_API_URL']) vi.stubEnv(name, undefined);
  exchanges = [];
  let tokens = 0;
  server = await startScriptedServer(async ({ url }) => {
    if (url.startsWith('/runner')) return { status: 200, body: { value: `id-token-${++tokens}` } };
    if (url !== exchangePath) return stored;
    return exchanges.shift() ?? { status: 200, body: { access_token: 'rsolvw_key', expires_in: 900 } };
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server[Symbol.asyncDispose]();
});

const make = (options = {}) => new Transport({ baseUrl: server.url, retryDelayMs: () => 0, ...options });
const exchanged = () => server.received.filter(({ url }) => url === exchangePath).map(({ body }) => body);

it.each<Answer>(['cut', { status: 502, body: '<html>' }])(
  'on GitHub each attempt requests a token of its own, as after %j',
  async (lost) => {
    vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', `${server.url}/runner`);
    vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', ' request-token\n');
    exchanges = [lost];
    expect(await make().send(store)).toMatchObject({ success: true });
    expect(exchanged()).toHaveLength(2);
    expect(new Set(exchanged()).size).toBe(2);
    expect(server.received[0]?.headers.authorization).toBe('Bearer request-token');
  },
);

it('on GitLab the next call presents the token again where the exchange failed', async () => {
  vi.stubEnv('RSOLV_ID_TOKEN', ' id-token-of-the-job\n');
  const transport = make({ maxRetries: 0 });
  exchanges = [{ status: 503 }];
  expect(await failureOf(transport.send(store))).toMatchObject({ status: 503 });
  expect(await transport.send(store)).toMatchObject({ success: true });
  expect(new Set(exchanged()).size).toBe(1);
  expect(exchanged()[0]).toContain('"subject_token":"id-token-of-the-job"');
});

it('with an empty RSOLV_ID_TOKEN there is no key', () => {
  vi.stubEnv('RSOLV_ID_TOKEN', '');
  expect(() => make()).toThrow('There is no API key');
});
