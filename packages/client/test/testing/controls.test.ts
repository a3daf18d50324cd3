// Controls that only the platform in memory has: outages, stored executions and customers.
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import type { AppRouter } from '@rsolv/server/rpc/router';
import {
  ConnectionError,
  createClient,
  PhaseDataClient,
  PlatformUnavailableError,
  TimeoutError,
} from '../../src/index.ts';
import type { CallsOf } from '../../src/procedures.ts';
import { createTestingPlatform, type TestingCustomer, type TestingPlatform } from '../../src/testing/index.ts';
import type { router } from '../../src/testing/router.ts';
import { failureOf } from '../harness/failure-of.ts';
import { commitSha, scan } from '../harness/scan.ts';
import { enterWorkspace } from '../harness/workspace.ts';

let platform: TestingPlatform;
let acme: TestingCustomer;

beforeEach(() => {
  platform = createTestingPlatform();
  acme = platform.addCustomer({ namespaces: ['acme'] });
});

const connect = (options: object = {}) =>
  createClient({
    apiKey: acme.apiKey,
    baseUrl: platform.baseUrl,
    fetch: platform.fetch,
    retryDelayMs: () => 0,
    ...options,
  });
const store = (options: object = {}) =>
  connect(options).phases.store.mutate({ phase: 'scan', repo: 'acme/shop', commitSha, data: scan });

it('has the procedures of the real router except the audit', () => {
  expectTypeOf<CallsOf<(typeof router)['_def']['record']>>().toEqualTypeOf<
    Omit<CallsOf<AppRouter['_def']['record']>, 'audit'>
  >();
});

describe('an outage', () => {
  it('refuses connections until it ends', async () => {
    platform.goAway();
    const failure = await failureOf(store({ maxRetries: 1 }));
    expect(failure).toBeInstanceOf(ConnectionError);
    expect(failure.message).toContain('ECONNREFUSED');
    platform.comeBack();
    expect(await store()).toMatchObject({ success: true });
    expect(platform.executions).toHaveLength(1);
  });

  it('lasts for a number of requests', async () => {
    platform.goAway({ requests: 3 });
    await store({ maxRetries: 3 });
    platform.goAway({ requests: 3 });
    expect(await failureOf(store({ maxRetries: 2 }))).toBeInstanceOf(ConnectionError);
    expect(platform.executions).toHaveLength(1);
  });

  it('can lose responses; the retried store is stored once', async () => {
    platform.goAway({ requests: 2, as: 'answer lost' });
    await store();
    expect(platform.executions).toHaveLength(1);
    expect(platform.executions[0]?.idempotencyKey).toMatch(/^[\w-]{36}$/);
  });

  it('can leave requests unanswered until the caller aborts', async () => {
    platform.goAway({ as: 'no answer' });
    expect(await failureOf(store({ timeoutMs: 20 }))).toBeInstanceOf(TimeoutError);
    const given = new AbortController();
    const waiting = platform.fetch(`${platform.baseUrl}/health`, { signal: given.signal });
    given.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it.each([
    [409, 'STORE_IN_FLIGHT'],
    [429, 'HTTP_429'],
    [500, 'INTERNAL_ERROR'],
    [502, 'HTTP_502'],
    [503, 'DATABASE_UNAVAILABLE'],
  ])('can answer with the status %s', async (status, code) => {
    platform.goAway({ requests: 1, as: status });
    expect(await failureOf(store({ maxRetries: 0 }))).toMatchObject({ status, code });
    expect(platform.executions).toEqual([]);
  });

  it('sends Retry-After, 0 by default', async () => {
    const delays: number[] = [];
    const onRetry = ({ delayMs }: { delayMs: number }) => delays.push(delayMs);
    platform.goAway({ requests: 2, as: 503 });
    await store({ onRetry, retryDelayMs: () => 60_000 });
    platform.goAway({ requests: 1, as: 503, retryAfterSeconds: 60 });
    expect(await failureOf(store({ onRetry }))).toBeInstanceOf(PlatformUnavailableError);
    expect(delays).toEqual([0, 0]);
  });

  it.each([{ requests: 0 }, { requests: 1.5 }, { as: 200 }, { as: 1000 }])('cannot be %j', (outage) => {
    expect(() => platform.goAway(outage)).toThrow(RangeError);
  });

  it('makes PhaseDataClient keep a result and send it later', async () => {
    await using workspace = await enterWorkspace();
    const { baseUrl, fetch } = platform;
    const client = new PhaseDataClient(acme.apiKey, baseUrl, { fetch, maxRetries: 0 });
    platform.goAway();
    const result = await client.storePhaseResults('scan', { scan }, { repo: 'acme/shop', commitSha });
    expect(result).toMatchObject({ storage: 'local' });
    platform.comeBack();
    expect(await client.sendUnsentResults()).toMatchObject({ sent: 1, left: 0 });
    expect(platform.executions).toMatchObject([{ repo: 'acme/shop', data: scan }]);
    expect(await workspace.onlyFile()).toHaveProperty('sentAt');
  });
});

describe('a stored execution', () => {
  it('is returned in full, as a copy', async () => {
    const at = new Date('2026-01-31T12:00:00Z');
    platform = createTestingPlatform({ now: () => at });
    acme = platform.addCustomer({ namespaces: ['acme'] });
    await connect().phases.store.mutate(
      { phase: 'validate', repo: 'acme/shop', issueNumber: 42, commitSha, data: { validated: true } },
      { idempotencyKey: 'mine' },
    );
    const expected = {
      id: expect.stringMatching(/^019c13ec-9e00-7000-8000-\d{12}$/),
      customerId: acme.id,
      forge: 'github',
      repo: 'acme/shop',
      commitSha,
      phase: 'validation',
      issueNumber: 42,
      status: 'completed',
      startedAt: at,
      completedAt: at,
      errorMessage: null,
      idempotencyKey: 'mine',
      data: { validated: true },
      derived: { validated: true, vulnerabilities_found: 0 },
    };
    const [execution] = platform.executions;
    expect(execution).toEqual(expected);
    Object.assign(execution?.data ?? {}, { validated: false });
    execution?.completedAt?.setTime(0);
    expect(platform.executions).toEqual([expected]);
  });

  it('is deleted by a reset, which keeps customers and keys', async () => {
    const options = { idempotencyKey: 'mine' };
    const input = { phase: 'scan', repo: 'acme/shop', commitSha, data: scan } as const;
    const first = await connect().phases.store.mutate(input, options);
    platform.goAway();
    platform.reset();
    expect(platform.executions).toEqual([]);
    expect(await connect().phases.retrieve.query({ repo: 'acme/shop', commit: commitSha })).toEqual({});
    expect(await connect().phases.store.mutate(input, options)).not.toEqual(first);
  });

  it('is not shared with other platforms', async () => {
    await store();
    expect(createTestingPlatform().executions).toEqual([]);
  });
});

describe('a customer', () => {
  it('has the given API key and can have more', async () => {
    const { apiKey, addApiKey, revokeApiKey } = platform.addCustomer({ name: 'Beta', apiKey: 'rsolv_mine' });
    expect(apiKey).toBe('rsolv_mine');
    const another = addApiKey({ expiresAt: new Date(Date.now() + 60_000) });
    revokeApiKey();
    expect((await failureOf(connect({ apiKey }).whoami.query())).code).toBe('API_KEY_REVOKED');
    expect(await connect({ apiKey: another }).whoami.query()).toMatchObject({ customer: { name: 'Beta' } });
  });

  it.each<[string, () => void]>([
    ['Customer "Customer 1" already exists.', () => platform.addCustomer({ name: 'Customer 1' })],
    ['This API key is already in use.', () => platform.addCustomer({ apiKey: acme.apiKey })],
    ['has verified the github namespace "ACME"', () => platform.addCustomer({ namespaces: ['ACME'] })],
    ['has the invalid GitHub owner "a b"', () => platform.addCustomer({ namespaces: ['a b'] })],
    ['has no such API key', () => acme.revokeApiKey('rsolv_other')],
    ['already has a github forge account for "acme"', () => acme.addForgeAccount('acme')],
    ['has no github forge account for "beta"', () => acme.verifyForgeAccount('beta')],
    ['has no github forge account for "beta"', () => acme.removeForgeAccount('beta')],
  ])('rejects invalid options: %s', (message, make) => {
    expect(make).toThrow(message);
  });
});

describe('fetch', () => {
  it('accepts a URL and a Request', async () => {
    const url = new URL('/health', platform.baseUrl);
    for (const input of [url, new Request(url)]) expect((await platform.fetch(input)).status).toBe(200);
    expect(await (await platform.fetch(new Request(url), { method: 'POST' })).json()).toMatchObject({
      error: { code: 'METHOD_NOT_ALLOWED' },
    });
  });

  it('answers only at its address, which may have a path', async () => {
    const { baseUrl, fetch, addCustomer } = createTestingPlatform({ baseUrl: 'https://proxy.example/rsolv/' });
    const { apiKey } = addCustomer();
    expect(await createClient({ apiKey, baseUrl, fetch }).whoami.query()).toHaveProperty('customer');
    expect((await fetch(`${baseUrl}/health`)).status).toBe(200);
    for (const other of [
      'https://proxy.example/health',
      'https://proxy.example/rsolvers/health',
      'http://localhost/',
    ]) {
      await expect(fetch(other)).rejects.toThrow('answers only at https://proxy.example/rsolv,');
    }
  });

  it('rejects if its signal is aborted', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(platform.fetch(`${platform.baseUrl}/health`, { signal })).rejects.toThrow('enough');
  });
});
