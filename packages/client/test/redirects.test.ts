// Redirects are followed as the action's own class followed them. The API key stays with the host that it was meant for.
import { afterEach, describe, expect, it } from 'vitest';
import * as client from '../src/index.ts';
import type { Call } from '../src/call.ts';
import { isSameHost, redirectOf } from '../src/redirect.ts';
import { Transport } from '../src/transport.ts';
import { failureOf } from './harness/failure-of.ts';
import { startScriptedServer, stored, type Answer, type ScriptedServer } from './harness/scripted-server.ts';

const call: Call = { method: 'POST', path: '/store', body: '{"a":1}', idempotencyKey: 'key-1' };

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

const start = async (...answers: Answer[]): Promise<ScriptedServer> => stack.use(await startScriptedServer(...answers));
const make = (baseUrl: string) => new Transport({ apiKey: 'the-key', baseUrl, maxRetries: 0 });
const leadingTo = (location: string, status = 308): Answer => ({ status, headers: { location } });

describe('a redirect', () => {
  it.each([301, 302, 307, 308])('of status %i is followed with method, body and key', async (status) => {
    const { url, received } = await start(leadingTo('/moved', status), stored);
    expect(await make(url).send(call)).toMatchObject({ success: true });
    expect(received.map((each) => [each.method, each.url, each.body])).toEqual([
      ['POST', '/store', '{"a":1}'],
      ['POST', '/moved', '{"a":1}'],
    ]);
    expect(received[1]?.headers).toMatchObject({ 'x-api-key': 'the-key', 'idempotency-key': 'key-1' });
  });

  it('to another host is followed without the key', async () => {
    const elsewhere = await start(stored);
    const { url } = await start(leadingTo(`${elsewhere.url}/store`));
    expect(await make(url).send(call)).toMatchObject({ success: true });
    expect(elsewhere.received[0]).toMatchObject({ method: 'POST', body: '{"a":1}' });
    expect(elsewhere.received[0]?.headers).not.toHaveProperty('x-api-key');
  });

  it('to another host is not followed with an ID token', async () => {
    const elsewhere = await start(stored);
    const { url } = await start(leadingTo(`${elsewhere.url}/store`));
    const error = await failureOf(make(url).send({ ...call, credentials: { secret: 'a.b.c' } }));
    expect(error).toBeInstanceOf(client.UnexpectedAnswerError);
    expect(elsewhere.received).toEqual([]);
  });

  it('that goes round in circles ends, and says where it leads to', async () => {
    const { url, received } = await start(leadingTo('/store'));
    const error = await failureOf(make(url).send(call));
    expect(error).toMatchObject({ code: 'UNEXPECTED_ANSWER', status: 308 });
    expect(error.message).toContain('redirects to /store');
    expect(received).toHaveLength(6);
  });

  it('to a log-in page ends as an answer that is not the platform’s', async () => {
    const { url } = await start(leadingTo('/login', 302), { status: 200, body: '<html><title>Log in</title>' });
    const error = await failureOf(make(url).send(call));
    expect(error).toBeInstanceOf(client.UnexpectedAnswerError);
    expect(error.message).toContain('"Log in"');
  });

  it('is followed by PhaseDataClient, as fetch did for the action', async () => {
    const { url, received } = await start(leadingTo('/v2/retrieve?issue=42'), {
      status: 200,
      body: { scan: { n: 1 } },
    });
    const found = await new client.PhaseDataClient('the-key', url).retrievePhaseResults('a/b', 42, 'abc');
    expect(found).toEqual({ scan: { n: 1 } });
    expect(received[1]).toMatchObject({ method: 'GET', url: '/v2/retrieve?issue=42' });
  });
});

describe('the rules', () => {
  const to = (location: string) => ({
    ok: false,
    status: 307,
    json: async () => ({}),
    headers: new Headers({ location }),
  });

  it.each([
    ['http://host/a', 'https://host/a', 'https://host/a'],
    ['https://host/a', 'http://host/a', undefined],
    ['https://host/a', 'ftp://host/a', undefined],
    ['https://host/a', '//other/b', 'https://other/b'],
    ['https://host/a', 'http://', undefined],
  ])('from %s to %s lead to %s', (from, location, expected) => {
    expect(redirectOf(to(location), from, 'POST')).toBe(expected);
  });

  it.each([
    ['http://host/a', 'http://host/b', true],
    ['http://host/a', 'https://host/a', true],
    ['http://host:81/a', 'https://host/a', false],
    ['http://host:81/a', 'http://host:82/a', false],
    ['https://host/a', 'https://host.evil.example/a', false],
  ])('from %s to %s carry the key: %s', (from, to, expected) => {
    expect(isSameHost(from, to)).toBe(expected);
  });
});

it('a 303 is followed by a retrieve, and not by a store', async () => {
  const { url, received } = await start(
    { status: 303, headers: { location: '/other' } },
    { status: 200, body: { a: 1 } },
  );
  expect(await make(url).send({ method: 'GET', path: '/retrieve' })).toEqual({ a: 1 });
  const second = await start({ status: 303, headers: { location: '/other' } });
  expect(await failureOf(make(second.url).send(call))).toMatchObject({ status: 303 });
  expect(received).toHaveLength(2);
});
