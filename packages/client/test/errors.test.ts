// A failed call is described by class, code and message, and never with the API key.
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import * as client from '../src/index.ts';
import type { Call } from '../src/call.ts';
import { Transport } from '../src/transport.ts';
import { failureOf } from './harness/failure-of.ts';
import { deadUrl, startScriptedServer, type Answer, type ScriptedServer } from './harness/scripted-server.ts';

const apiKey = 'rsolv_secret_key_of_a_test';
const call: Call = { method: 'POST', path: '/store', body: '{"a":1}', idempotencyKey: 'key-1', repo: 'acme/demo' };

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  server = undefined;
});

const withServer = async (...answers: Answer[]) => (server = await startScriptedServer(...answers));

const make = (baseUrl: string, options: client.TransportOptions = {}) =>
  new Transport({ apiKey, baseUrl, retryDelayMs: () => 0, ...options });

describe('errors', () => {
  it.each([
    [400, client.InvalidRequestError],
    [401, client.AuthenticationError],
    [403, client.AccessDeniedError],
    [404, client.RouteNotFoundError],
    [409, client.StoreInFlightError],
    [413, client.PayloadTooLargeError],
    [422, client.InvalidRequestError],
    [429, client.RateLimitedError],
    [500, client.PlatformFaultError],
    [503, client.PlatformUnavailableError],
  ])('%i without a word from the platform says what to do', async (status, expected) => {
    const { url } = await withServer({ status, body: 'nope', headers: { 'x-request-id': 'request-7' } });
    const error = await failureOf(make(url, { maxRetries: 0 }).send(call));
    expect(error).toBeInstanceOf(expected);
    expect(error).toMatchObject({ name: expected.name, code: `HTTP_${status}`, status, requestId: 'request-7' });
    expect(error.message).toContain(`${url}/store answered ${status}`);
  });

  it('name the owner whose forge account is probably missing where an older platform says only Forbidden', async () => {
    const { url } = await withServer({ status: 403, body: { error: 'Forbidden' } });
    expect((await failureOf(make(url).send(call))).message).toContain('no verified forge account for "acme"');
  });

  it.each([
    ['group/sub/project', '"group/sub"'],
    ['project', '"project"'],
  ])('name the groups that %s lies in', async (repo, owner) => {
    const { url } = await withServer({ status: 403, body: { error: 'Forbidden' } });
    expect((await failureOf(make(url).send({ ...call, repo }))).message).toContain(`forge account for ${owner}.`);
  });

  it.each([
    ['FORGE_ACCOUNT_MISSING', 403, client.ForgeAccountMissingError],
    ['FORGE_ACCOUNT_UNVERIFIED', 403, client.ForgeAccountUnverifiedError],
    ['IDEMPOTENCY_KEY_REUSED', 422, client.IdempotencyKeyReusedError],
    ['UNREPRESENTABLE_DATA', 422, client.UnrepresentableDataError],
  ])('of code %s have a class of their own, with all that the platform said', async (code, status, expected) => {
    const details = [{ path: 'repo', message: 'is wrong' }];
    const body = { error: { code, message: 'Do this.', details }, requestId: 'request-8' };
    const { url } = await withServer({ status, body });
    const error = await failureOf(make(url).send(call));
    expect(error).toBeInstanceOf(expected);
    expect(error).toMatchObject({ code, status, message: 'Do this.', details, requestId: 'request-8' });
  });

  it('tell that nothing listens, and that an answer is not JSON', async () => {
    const unreachable = await failureOf(make(await deadUrl(), { maxRetries: 0 }).send(call));
    expect(unreachable).toBeInstanceOf(client.ConnectionError);
    expect(unreachable).toMatchObject({ status: undefined, message: expect.stringContaining('ECONNREFUSED') });

    const { url } = await withServer({ status: 200, body: '<html>' });
    expect(await failureOf(make(url).send(call))).toBeInstanceOf(client.UnexpectedAnswerError);
  });

  it.each(['ftp://host', 'not an address', 'https://user:password@host'])('refuse the address %j', (baseUrl) => {
    expect(() => new Transport({ apiKey, baseUrl })).toThrow(client.ConfigurationError);
  });

  it('are told from others by the guard, also those of another copy', () => {
    const copy = Object.defineProperty(new Error('copy'), Symbol.for('@rsolv/client/error'), { value: true });
    expect([copy, new Error('other'), null, 'text'].map(client.isRsolvError)).toEqual([true, false, false, false]);
  });
});

describe('the API key', () => {
  it('is in the header, and nowhere else: no error, log, event or inspection', async () => {
    const echo = { error: { code: 'API_KEY_UNKNOWN', message: `unknown: ${apiKey}`, details: [{ path: apiKey }] } };
    const { url, received } = await withServer({ status: 503, body: echo }, { status: 401, body: echo });
    const seen: unknown[] = [];
    const note = (each: unknown) => void seen.push(each);
    const transport = make(url, {
      logger: { debug: note, warn: note },
      onRequest: note,
      onResponse: note,
      onRetry: note,
    });
    seen.push(await failureOf(transport.send(call)), transport, new client.PhaseDataClient(apiKey, url));
    seen.push(client.createClient({ apiKey, baseUrl: url }));
    const leaking = make(url, {
      maxRetries: 0,
      fetch: () => Promise.reject(Object.assign(new Error(`sent ${apiKey}`), { config: { apiKey } })),
    });
    seen.push(await failureOf(leaking.send(call)));
    expect(received[0]?.headers['x-api-key']).toBe(apiKey);
    expect(inspect(seen, { depth: 20, showHidden: true })).not.toContain(apiKey);
    expect(seen).toHaveLength(11);
  });

  it.each(['secret\nkey', 'secret key', 'secrét'])('%j is refused, and not shown', (bad) => {
    let thrown: unknown;
    try {
      thrown = new Transport({ apiKey: bad });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(client.ConfigurationError);
    expect(inspect(thrown)).not.toContain('secr');
  });
});
