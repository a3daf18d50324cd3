// Keyless CI: which tokens and keys a client sends, where it gets them, and how often.
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as client from '../src/index.ts';
import type { Call } from '../src/call.ts';
import { Transport } from '../src/transport.ts';
import { failureOf } from './harness/failure-of.ts';
import {
  startScriptedServer,
  stored,
  type Answer,
  type Received,
  type ScriptedServer,
} from './harness/scripted-server.ts';

const store: Call = { method: 'POST', path: '/store', body: '{"a":1}', idempotencyKey: 'once' };

/** Runner and platform in one: what each is asked is told by its path. */
let server: ScriptedServer;
/** What is answered out of turn, by path; the first of it next. */
let instead: Record<string, Answer[]>;
let expiresIn: number;

beforeEach(async () => {
  for (const name of ['RSOLV_API_KEY', 'RSOLV_API_URL', 'GITHUB_ACTIONS']) vi.stubEnv(name, undefined);
  instead = {};
  expiresIn = 900;
  let made = 0;
  server = await startScriptedServer(async ({ url }) => {
    const { pathname } = new URL(url, 'http://here');
    const [answer] = instead[pathname]?.splice(0, 1) ?? [];
    if (answer !== undefined) return answer;
    made += 1;
    if (pathname === '/runner') return { status: 200, body: { value: `id-token-${made}` } };
    if (pathname !== '/api/v1/auth/token') return stored;
    return { status: 200, body: { access_token: `rsolvw_key-${made}`, expires_in: expiresIn } };
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server[Symbol.asyncDispose]();
});

const onGitHub = () => {
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', `${server.url}/runner?api-version=2.0`);
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'request-token');
};
const onGitLab = () => vi.stubEnv('RSOLV_ID_TOKEN', 'id-token-of-the-job');

const make = (options: client.ClientOptions = {}) =>
  new Transport({ baseUrl: `${server.url}/`, retryDelayMs: () => 0, ...options });

const shown = ({ url, headers }: Received) => [
  new URL(url, 'http://here').pathname,
  headers['x-api-key'] ?? headers.authorization ?? 'nothing',
];

describe('on GitHub', () => {
  beforeEach(onGitHub);

  it('exchanges the ID token for a key, and sends the key', async () => {
    expect(await make().send(store)).toMatchObject({ success: true });
    expect(server.received.map(shown)).toEqual([
      ['/runner', 'Bearer request-token'],
      ['/api/v1/auth/token', 'nothing'],
      ['/store', 'rsolvw_key-2'],
    ]);
    const [asked, exchanged] = server.received;
    expect(Object.fromEntries(new URL(asked?.url ?? '', 'http://here').searchParams)).toEqual({
      'api-version': '2.0',
      audience: server.url,
    });
    expect(exchanged?.json).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'id-token-1',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    });
  });

  it('sends the trace to the platform, and not to the runner', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await make({ traceparent }).send(store);
    expect(server.received.map(({ headers }) => headers['traceparent'])).toEqual([undefined, traceparent, traceparent]);
  });

  it('uses one key for concurrent and later calls', async () => {
    const transport = make();
    await Promise.all([transport.send(store), transport.send(store), transport.send(store)]);
    await transport.send(store);
    expect(server.received.filter(({ url }) => url.startsWith('/api'))).toHaveLength(1);
    expect(server.received).toHaveLength(2 + 4);
  });

  it('renews a key in its last minute', async () => {
    expiresIn = 60;
    const transport = make();
    for (let call = 0; call < 2; call++) await transport.send(store);
    const keys = server.received.filter(({ url }) => url === '/store').map(({ headers }) => headers['x-api-key']);
    expect(keys).toEqual(['rsolvw_key-2', 'rsolvw_key-5']);
  });

  it('replaces a key that is no longer valid once, and repeats the call', async () => {
    const transport = make();
    await transport.send(store);
    instead['/store'] = [{ status: 401 }];
    expect(await transport.send(store)).toMatchObject({ success: true });
    const stores = server.received.filter(({ url }) => url === '/store');
    expect(stores.map(({ headers }) => headers['idempotency-key'])).toEqual(['once', 'once', 'once']);
    expect(new Set(stores.map(({ headers }) => headers['x-api-key'])).size).toBe(2);

    instead['/store'] = [{ status: 401 }, { status: 401 }];
    expect(await failureOf(transport.send(store))).toBeInstanceOf(client.AuthenticationError);
  });

  it('prefers a stored key', async () => {
    vi.stubEnv('RSOLV_API_KEY', 'rsolv_stored');
    await make().send(store);
    await make({ apiKey: 'rsolv_passed' }).send(store);
    expect(server.received.map(shown)).toEqual([
      ['/store', 'rsolv_stored'],
      ['/store', 'rsolv_passed'],
    ]);
  });

  it('retries transient errors on the way to a key too', async () => {
    instead = { '/runner': [{ status: 503 }], '/api/v1/auth/token': [{ status: 503 }, 'cut'] };
    const retried: string[] = [];
    await make({ onRetry: ({ url }) => retried.push(new URL(url).pathname) }).send(store);
    expect(retried).toEqual(['/runner', '/api/v1/auth/token', '/api/v1/auth/token']);
  });

  it('a refusal of the runner, or of the platform, is told as what it is, and the next call asks anew', async () => {
    const transport = make();
    instead = { '/runner': [{ status: 403 }] };
    const noToken = await failureOf(transport.send(store));
    expect(noToken).toBeInstanceOf(client.AuthenticationError);
    expect(noToken).toMatchObject({ status: 403, message: expect.stringMatching(/^GitHub gave no ID token: /) });

    const error = { code: 'NAMESPACE_UNVERIFIED', message: 'Verify it.' };
    instead = { '/api/v1/auth/token': [{ status: 403, body: { error, requestId: 'abc' } }] };
    const refused = await failureOf(transport.send(store));
    expect(refused).toBeInstanceOf(client.AccessDeniedError);
    expect(refused).toMatchObject({ ...error, requestId: 'abc' });
    expect(await transport.send(store)).toMatchObject({ success: true });
  });

  it.each([
    ['/runner', {}, 'value'],
    ['/runner', { value: '' }, 'value'],
    ['/api/v1/auth/token', { token: 'x' }, 'access_token'],
    ['/api/v1/auth/token', [], 'access_token'],
  ])('an answer of %s that is %j is not the one that is due', async (path, body, missing) => {
    instead = { [path]: [{ status: 200, body }] };
    const error = await failureOf(make().send(store));
    expect(error).toBeInstanceOf(client.UnexpectedAnswerError);
    expect(error.message).toContain(`no ${missing} `);
  });

  it('cancels nothing for other callers where one cancels', async () => {
    const own = new AbortController();
    const transport = make();
    const stopped = failureOf(transport.send({ ...store, options: { signal: own.signal } }));
    const other = transport.send(store);
    own.abort();
    expect(await stopped).toBeInstanceOf(client.CancelledError);
    expect(await other).toMatchObject({ success: true });
  });

  it('does so for both clients', async () => {
    const phases = new client.PhaseDataClient(undefined, server.url);
    const scan = { scan: { vulnerabilities: [] } };
    expect(await phases.storePhaseResults('scan', scan, { repo: 'a/b', commitSha: 'c' })).toMatchObject({
      storage: 'platform',
    });
    instead['/trpc/whoami'] = [{ status: 200, body: { result: { data: { json: { is: 'me' } } } } }];
    expect(await client.createClient({ baseUrl: server.url }).whoami.query()).toEqual({ is: 'me' });
    expect(server.received.map(shown)).toContainEqual(['/trpc/whoami', expect.stringMatching(/^rsolvw_key-/)]);
  });

  it('a token that is shown for its own sake goes without a key: the namespace may not be verified yet', async () => {
    instead['/trpc/forgeAccounts.verify'] = [{ status: 409, body: { error: { message: 'not a.b.c' } } }];
    const { forgeAccounts } = client.createClient({ baseUrl: server.url });
    const error = await failureOf(forgeAccounts.verify.mutate({ subjectToken: 'a.b.c' }));
    expect(server.received.map(shown)).toEqual([['/trpc/forgeAccounts.verify', 'nothing']]);
    expect(error.message).not.toContain('a.b.c');
  });
});

describe('on GitLab', () => {
  beforeEach(onGitLab);

  it("the job's ID token is exchanged, once; what needs another says so", async () => {
    const transport = make();
    await transport.send(store);
    await transport.send(store);
    expect(server.received.map(shown)).toEqual([
      ['/api/v1/auth/token', 'nothing'],
      ['/store', 'rsolvw_key-1'],
      ['/store', 'rsolvw_key-1'],
    ]);
    expect(server.received[0]?.json).toMatchObject({ subject_token: 'id-token-of-the-job' });
    instead['/store'] = [{ status: 401 }];
    const error = await failureOf(transport.send(store));
    expect(error).toBeInstanceOf(client.ConfigurationError);
    expect(error.message).toContain('is valid once');
  });
});

it('without key and workflow, it says both ways to have one', () => {
  expect(() => make()).toThrow(/RSOLV_API_KEY.*id-token: write.*RSOLV_ID_TOKEN/);
});

it.each([
  ['request-token', '/runner'],
  ['id-token-1', '/api/v1/auth/token'],
  ['rsolvw_key-2', '/store'],
])('%s is in no error, hook or log, also where %s says it back', async (secret, path) => {
  onGitHub();
  const told: unknown[] = [];
  const tell = (what: unknown) => void told.push(what);
  const transport = make({ onRequest: tell, onResponse: tell, onRetry: tell, logger: { debug: tell, warn: tell } });
  const echo = { status: 503, body: { error: { code: 'ECHO', message: `not ${secret}` } } };
  // The one that is not retried ends it.
  instead = { [path]: [echo, { ...echo, status: 400 }] };
  const error = await failureOf(transport.send(store));
  expect(error.message).toContain('not [API key]');
  expect(inspect([error, told, transport], { depth: 20, showHidden: true })).not.toContain(secret);
});
