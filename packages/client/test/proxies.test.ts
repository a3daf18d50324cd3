// HTTP_PROXY, HTTPS_PROXY and NO_PROXY are used by the client itself. That it does so on every runtime is part of
// package/projects.test.ts.
import { createServer } from 'node:https';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as client from '../src/index.ts';
import { proxyFor } from '../src/proxy.ts';
import { Transport } from '../src/transport.ts';
import { makeCertificate } from './harness/certificate.ts';
import { failureOf } from './harness/failure-of.ts';
import { startForwardProxy } from './harness/forward-proxy.ts';
import { deadUrl, startScriptedServer, stored, type ScriptedServer } from './harness/scripted-server.ts';

const names = ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]);
let stack: AsyncDisposableStack;
let server: ScriptedServer;

beforeEach(async () => {
  for (const name of names) vi.stubEnv(name, undefined);
  stack = new AsyncDisposableStack();
  server = stack.use(await startScriptedServer(stored));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stack.disposeAsync();
});

const call = { method: 'POST', path: '/store?a=1', body: '{"a":"ö"}', idempotencyKey: 'key-1' } as const;
const make = (baseUrl: string, options: client.TransportOptions = {}) =>
  new Transport({ apiKey: 'the-key', baseUrl, maxRetries: 0, ...options });

describe('an http address', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])(
    'is reached through the proxy of %s, with method, headers and body',
    async (name) => {
      const proxy = stack.use(await startForwardProxy({ 'platform.internal': server.url }));
      vi.stubEnv(name, ` ${proxy.url}\n`);
      expect(await make('http://platform.internal').send(call)).toMatchObject({ success: true });
      expect(proxy.requests).toEqual(['POST http://platform.internal/store?a=1']);
      const [{ method, url, headers, body } = {}] = server.received;
      expect({ method, url, body }).toEqual({ method: 'POST', url: '/store?a=1', body: '{"a":"ö"}' });
      expect(headers).toMatchObject({ host: 'platform.internal', 'x-api-key': 'the-key', 'idempotency-key': 'key-1' });
    },
  );

  it('goes compressed where it is large, and answers with any status', async () => {
    const proxy = stack.use(await startForwardProxy({ 'platform.internal': server.url }));
    vi.stubEnv('HTTP_PROXY', proxy.url);
    const body = JSON.stringify({ text: 'x'.repeat(40_000) });
    server.answers = [{ status: 403, body: { error: { code: 'SCOPE_MISSING', message: 'no' } } }];
    const transport = make('http://platform.internal');
    expect(await failureOf(transport.send({ ...call, body }))).toMatchObject({ code: 'SCOPE_MISSING', status: 403 });
    expect(server.received[0]).toMatchObject({ body, headers: { 'content-encoding': 'gzip' } });
  });

  it('sends the user and password of the proxy to the proxy alone, and shows them to nobody', async () => {
    const proxy = stack.use(await startForwardProxy({ 'platform.internal': server.url }));
    vi.stubEnv('HTTP_PROXY', proxy.url.replace('//', '//me:p%40ss@'));
    await make('http://platform.internal').send(call);
    expect(proxy.credentials).toEqual([`Basic ${Buffer.from('me:p@ss').toString('base64')}`]);
    expect(server.received[0]?.headers).not.toHaveProperty('authorization');
    vi.stubEnv('HTTP_PROXY', (await deadUrl()).replace('//', '//me:p%40ss@'));
    const { message } = await failureOf(make('http://platform.internal').send(call));
    expect(message).toMatch(/the proxy 127\.0\.0\.1:\d+ did not answer: .*ECONNREFUSED/);
    expect(message).not.toMatch(/p%40ss|p@ss/);
  });

  it('that a proxy answers for is not taken for the platform', async () => {
    const proxy = stack.use(await startForwardProxy({}, { refuses: 403 }));
    vi.stubEnv('HTTP_PROXY', proxy.url);
    expect(await failureOf(make('http://platform.internal').send(call))).toBeInstanceOf(client.UnexpectedAnswerError);
  });
});

describe('an https address', () => {
  /** A TLS server, whose certificate nobody trusts. */
  async function startTlsServer() {
    const tls = createServer(makeCertificate('platform.internal'), (_, answer) => answer.end('{}'));
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
    stack.defer(() => void tls.close());
    const address = tls.address();
    return `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  it('is reached through a tunnel, whose certificate is checked', async () => {
    const proxy = stack.use(await startForwardProxy({ 'platform.internal': await startTlsServer() }));
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    const error = await failureOf(make('https://platform.internal', { maxRetries: 3 }).send(call));
    expect(proxy.requests).toEqual(['CONNECT platform.internal:443']);
    expect(error).toMatchObject({ code: 'CONNECTION_FAILED', retryable: false });
    expect(error.message).toContain('NODE_EXTRA_CA_CERTS');
  });

  it.each([
    [407, 'requires a user and password'],
    [403, 'answered 403 to CONNECT platform.internal:8443'],
  ])('says what the proxy says where it answers %i', async (refuses, expected) => {
    const proxy = stack.use(await startForwardProxy({}, { refuses }));
    vi.stubEnv('https_proxy', proxy.url);
    expect((await failureOf(make('https://platform.internal:8443').send(call))).message).toContain(expected);
  });
});

it('the ID token of a workflow is requested through the proxy too', async () => {
  const proxy = stack.use(await startForwardProxy({ 'runner.internal': server.url, 'platform.internal': server.url }));
  vi.stubEnv('HTTP_PROXY', proxy.url);
  vi.stubEnv('RSOLV_API_KEY', undefined);
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', 'http://runner.internal/token');
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'request-token');
  server.answers = [
    { status: 200, body: { value: 'a.b.c' } },
    { status: 200, body: { access_token: 'rsolvw_key', expires_in: 900 } },
    stored,
  ];
  await new Transport({ baseUrl: 'http://platform.internal', maxRetries: 0 }).send(call);
  expect(proxy.requests.map((each) => each.replace(/\?.*/, ''))).toEqual([
    'GET http://runner.internal/token',
    'POST http://platform.internal/api/v1/auth/token',
    'POST http://platform.internal/store',
  ]);
});

describe('the variables', () => {
  const proxyOf = async (address: string, env: Record<string, string>) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    return (await proxyFor(new URL(address)))?.href;
  };

  it.each([
    ['http://a.example', { HTTP_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['https://a.example', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['https://a.example', { HTTPS_PROXY: 'p.corp:3128' }, 'http://p.corp:3128/'],
    ['https://a.example', { HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://lower:1' }, 'http://lower:1/'],
    ['https://a.example', { HTTPS_PROXY: '' }, undefined],
    ['https://127.0.0.1:4000', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['http://localhost', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['http://[::1]:4000', { HTTP_PROXY: 'http://p:1' }, undefined],
  ])('for %s %j name %s', async (address, env, expected) => {
    expect(await proxyOf(address, env)).toBe(expected);
  });

  it.each([
    ['*', true],
    ['a.example', true],
    ['example', true],
    ['.example', true],
    ['*.a.example', true],
    ['b.example, a.example', true],
    ['b.example a.example', true],
    ['A.Example', true],
    ['a.example:443', true],
    ['a.example:80', false],
    ['xa.example', false],
    ['ample', false],
    ['10.0.0.0/8', false],
    ['', false],
  ])('NO_PROXY %j exempts a.example: %s', async (list, isExempt) => {
    const proxy = await proxyOf('https://a.example', { HTTPS_PROXY: 'http://p:1', NO_PROXY: list });
    expect(proxy === undefined).toBe(isExempt);
  });

  it.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.0.0.0/99', false],
    ['[fd00::7]', 'fd00::/8', true],
    ['[fd00::7]', '[fd00::7]', true],
    ['[fd00::7]', '10.0.0.0/8', false],
  ])('the address %s is in %s: %s', async (host, list, isExempt) => {
    const proxy = await proxyOf(`http://${host}`, { http_proxy: 'http://p:1', no_proxy: list });
    expect(proxy === undefined).toBe(isExempt);
  });

  it('that name no http proxy are told, without what may be a password', async () => {
    vi.stubEnv('HTTPS_PROXY', 'socks5://me:secret@p:1');
    const error = await failureOf(make('https://platform.internal', { maxRetries: 3 }).send(call));
    expect(error).toBeInstanceOf(client.ConfigurationError);
    expect(error.message).toContain('HTTPS_PROXY');
    expect(error.message).not.toContain('secret');
  });

  it('mean nothing to a fetch of the caller’s, or one that has replaced the global one', async () => {
    vi.stubEnv('HTTP_PROXY', await deadUrl());
    const fetch = async () => Response.json({ success: true });
    expect(await make('http://platform.internal', { fetch }).send(call)).toEqual({ success: true });
    vi.stubGlobal('fetch', fetch);
    expect(await make('http://platform.internal').send(call)).toEqual({ success: true });
    vi.unstubAllGlobals();
  });
});
