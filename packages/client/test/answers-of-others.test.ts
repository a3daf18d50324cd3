// Every call of both clients against every kind of answer that comes from something in between.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as client from '../src/index.ts';
import { failureOf } from './harness/failure-of.ts';
import { commitSha, scan, scanned } from './harness/scan.ts';
import { startScriptedServer, stored, type Answer, type ScriptedServer } from './harness/scripted-server.ts';
import { enterWorkspace, type Workspace } from './harness/workspace.ts';

let workspace: Workspace;
let server: ScriptedServer;
let elsewhere: ScriptedServer;
beforeEach(async () => {
  workspace = await enterWorkspace();
  server = await startScriptedServer(stored);
  elsewhere = await startScriptedServer({ status: 200, body: '<html><title>Log in</title></html>' });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server[Symbol.asyncDispose]();
  await elsewhere[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

const options = { maxRetries: 1, retryDelayMs: () => 0, logger: { debug: () => {}, warn: () => {} } };
const action = () => new client.PhaseDataClient('the-key', server.url, options);
const typed = () => client.createClient({ apiKey: 'the-key', baseUrl: server.url, ...options });

/** Answers that are no platform's, and how many requests a call makes before it gives up. */
const others: Record<string, readonly [answer: () => Answer, requests: number]> = {
  'a page': [() => ({ status: 200, body: '<html><title>Welcome</title></html>' }), 1],
  'other JSON': [() => ({ status: 200, body: { message: 'ok', ray: '7' } }), 1],
  'an error with 200': [() => ({ status: 200, body: { error: 'quota' } }), 1],
  'a result of another RPC': [() => ({ status: 200, body: { result: { data: { status: 'ok' } } } }), 1],
  '201 with a list': [() => ({ status: 201, body: [] }), 1],
  '202 of a queue': [() => ({ status: 202, body: { success: true, result: { data: { json: {} } } } }), 1],
  '203 of a cache': [() => ({ status: 203, body: {} }), 1],
  '204 with nothing': [() => ({ status: 204, body: '' }), 1],
  '206 with a part': [() => ({ status: 206, body: { success: true, scan: {} } }), 1],
  'gzip that is none': [() => ({ status: 200, headers: { 'content-encoding': 'gzip' }, body: 'no gzip' }), 1],
  'JSON that was cut off': [() => ({ status: 200, body: '{"success":true,"id":"12' }), 2],
  'a redirect to a log-in page': [() => ({ status: 302, headers: { location: `${elsewhere.url}/login` } }), 1],
  '401 with a page': [() => ({ status: 401, body: '<html>' }), 1],
  '403 with JSON': [() => ({ status: 403, body: { message: 'Forbidden' } }), 1],
  '403 of a framework': [
    () => ({ status: 403, body: { timestamp: 1, status: 403, error: 'Forbidden', path: '/' } }),
    1,
  ],
  '400 of a gateway': [() => ({ status: 400, body: { error: { code: 400, message: 'Bad', status: 'INVALID' } } }), 1],
  '413 with a page': [() => ({ status: 413, body: '<html>413 Request Entity Too Large' }), 1],
};

const ref = { repo: 'RSOLV-dev/demo', commitSha };

/** The calls of the typed client. */
const calls: Record<string, (made: client.Client) => Promise<unknown>> = {
  whoami: (made) => made.whoami.query(),
  'phases.store': (made) => made.phases.store.mutate({ phase: 'scan', ...ref, data: scan }),
  'phases.retrieve': (made) => made.phases.retrieve.query({ repo: ref.repo, commit: commitSha }),
  'auth.token': (made) => made.auth.token.mutate({ subjectToken: 'a.b.c' }),
  'keys.list': (made) => made.keys.list.query(),
  'keys.create': (made) => made.keys.create.mutate({}),
  'keys.rotate': (made) => made.keys.rotate.mutate({ id: 'x' }),
  'keys.revoke': (made) => made.keys.revoke.mutate({ id: 'x' }),
  'forgeAccounts.list': (made) => made.forgeAccounts.list.query(),
  'forgeAccounts.add': (made) => made.forgeAccounts.add.mutate({ namespace: 'acme' }),
  'forgeAccounts.verify': (made) => made.forgeAccounts.verify.mutate({ subjectToken: 'a.b.c' }),
  'forgeAccounts.remove': (made) => made.forgeAccounts.remove.mutate({ namespace: 'acme' }),
  'audit.list': (made) => made.audit.list.query(),
};

describe.each(Object.entries(others))('%s', (_name, [answer, requests]) => {
  it.each(Object.entries(calls))('is no answer to %s', async (_call, send) => {
    server.answers = [answer()];
    const error = await failureOf(send(typed()));
    expect(error).toBeInstanceOf(client.UnexpectedAnswerError);
    expect(error.message).toContain(server.url);
    // The redirect of a query is followed, without the key.
    for (const { method, headers } of elsewhere.received) {
      expect(method).toBe('GET');
      expect(headers).not.toHaveProperty('x-api-key');
    }
    expect(server.received).toHaveLength(requests);
  });

  it('is no answer to a store, a retrieve and kept results of PhaseDataClient', async () => {
    server.answers = [answer()];
    const result = await action().storePhaseResults('scan', { scan }, scanned());
    expect(result).toMatchObject({ storage: 'local', reason: { code: 'UNEXPECTED_ANSWER' } });
    expect(server.received).toHaveLength(requests);
    expect(elsewhere.received).toEqual([]);
    expect(await action().retrievePhaseResults(ref.repo, undefined, commitSha)).toEqual({ scan });
    expect(await action().sendUnsentResults()).toMatchObject({ sent: 0, left: 1 });
    server.answers = [stored];
    expect(await action().sendUnsentResults()).toMatchObject({ sent: 1, left: 0 });
  });

  it('is no ID token and no key for a workflow', async () => {
    vi.stubEnv('RSOLV_API_KEY', undefined);
    vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', `${server.url}/runner`);
    vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'request-token');
    const keyless = () => client.createClient({ baseUrl: server.url, ...options }).whoami.query();
    server.answers = [answer()];
    expect(await failureOf(keyless())).toMatchObject({ code: 'UNEXPECTED_ANSWER' });
    server.answers = [
      async ({ url }) => (url.startsWith('/runner') ? { status: 200, body: { value: 'a.b.c' } } : answer()),
    ];
    expect(await failureOf(keyless())).toMatchObject({ code: 'UNEXPECTED_ANSWER' });
    expect(elsewhere.received).toEqual([]);
  });
});

it('a page with 401 does not use up the key of a workflow', async () => {
  vi.stubEnv('RSOLV_API_KEY', undefined);
  vi.stubEnv('RSOLV_ID_TOKEN', 'a.b.c');
  const made = client.createClient({ baseUrl: server.url, ...options });
  const key: Answer = { status: 200, body: { access_token: 'rsolvw_key', expires_in: 900 } };
  const me: Answer = { status: 200, body: { result: { data: { json: { is: 'me' } } } } };
  server.answers = [key, { status: 401, body: '<html>' }, me];
  expect(await failureOf(made.whoami.query())).toBeInstanceOf(client.UnexpectedAnswerError);
  expect(await made.whoami.query()).toEqual({ is: 'me' });
  expect(server.received.map(({ url }) => url.replace(/\?.*/, ''))).toEqual([
    '/api/v1/auth/token',
    '/trpc/whoami',
    '/trpc/whoami',
  ]);
});

it.each([
  { access_token: 'rsolvw_a\nb', expires_in: 900 },
  { access_token: 'rsolvw_key' },
  { access_token: 'rsolvw_key', expires_in: '900' },
])('an exchange that is answered with %j gives no key', async (body) => {
  vi.stubEnv('RSOLV_API_KEY', undefined);
  vi.stubEnv('RSOLV_ID_TOKEN', 'a.b.c');
  server.answers = [{ status: 200, body }];
  const error = await failureOf(client.createClient({ baseUrl: server.url, ...options }).whoami.query());
  expect(error).toBeInstanceOf(client.UnexpectedAnswerError);
  expect(error.message).toContain('has no API key');
  expect(error.message).not.toContain('rsolvw_a');
});

it('a kept result that a proxy refuses for its size does not keep the others from being sent', async () => {
  server.answers = [{ status: 503 }];
  for (const sha of ['large', 'small']) await action().storePhaseResults('scan', { scan }, scanned({ commitSha: sha }));
  server.answers = [
    async ({ body }) => (body.includes('"large"') ? { status: 413, body: '<html>Request Entity Too Large' } : stored),
  ];
  expect(await action().sendUnsentResults()).toMatchObject({ sent: 1, left: 1 });
});
