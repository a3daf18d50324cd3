// Stores that are repeated with the same idempotency key.
import { beforeAll, expect, it } from 'vitest';
import { expectRefusal, goodBody, trpcRefusal } from './platform-under-test.ts';
import type { Calls, ContractCustomer, PlatformUnderTest } from './platform-under-test.ts';

export function describeSentAgain(given: () => { platform: PlatformUnderTest; calls: Calls }): void {
  let platform: PlatformUnderTest;
  let calls: Calls;
  beforeAll(() => ({ platform, calls } = given()));

  const under = (key: string, [by, changes = {}]: [ContractCustomer, object?]) =>
    calls.store(by, goodBody(by, changes), { 'idempotency-key': key });

  it('is stored once within a day, with a header on replays', async () => {
    const by = await platform.addCustomer();
    const first = await under('key', [by]);
    const again = await under('key', [by, { repo: `${by.namespace.toUpperCase()}/DEMO`, timestamp: 'ignored' }]);
    expect(first.headers.has('idempotency-replayed')).toBe(false);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    expect(await platform.seen(by)).toHaveLength(1);
    await platform.passADay();
    const nextDay = await under('key', [by, { data: {} }]);
    expect({ status: nextDay.status, replayed: nextDay.headers.has('idempotency-replayed') }).toEqual({
      status: 200,
      replayed: false,
    });
    expect(await platform.seen(by)).toHaveLength(2);
  });

  it.each([
    ['other data', { data: {} }],
    ['another commit', { commitSha: 'def' }],
    ['another issue', { issueNumber: 43 }],
    ['another phase', { phase: 'mitigation' }],
    ['another status', { status: 'failed' }],
    ['a time', { completedAt: '2026-01-31T12:00:00Z' }],
  ])('rejects %s', async (_name, changes) => {
    const by = await platform.addCustomer();
    await under('key', [by]);
    expectRefusal(await under('key', [by, changes]), 422, 'IDEMPOTENCY_KEY_REUSED');
    const trpc = await calls.mutate(by, 'phases.store', [goodBody(by, changes), { 'idempotency-key': 'key' }]);
    expect(trpcRefusal(trpc)).toMatchObject({ status: 422, name: 'UNPROCESSABLE_CONTENT', number: -32022 });
    expect(await platform.seen(by)).toHaveLength(1);
  });

  it('is shared by both APIs; the key in the input takes precedence over the header', async () => {
    const by = await platform.addCustomer();
    const rest = await under('key', [by]);
    const input = goodBody(by, { idempotencyKey: 'key' });
    const trpc = await calls.mutate(by, 'phases.store', [input, { 'idempotency-key': 'other' }]);
    expect(trpc.headers.get('idempotency-replayed')).toBe('true');
    expect(trpc.body).toEqual({ result: { data: { json: rest.body } } });
  });

  it('is separate for each customer, and not recorded for a store that is denied', async () => {
    const [one, two] = [await platform.addCustomer(), await platform.addCustomer()];
    await under('key', [one]);
    expect((await under('key', [two])).headers.has('idempotency-replayed')).toBe(false);
    expectRefusal(await under('key-2', [one, { repo: 'strangers/demo' }]), 403, 'FORGE_ACCOUNT_MISSING');
    expect((await under('key-2', [one])).headers.has('idempotency-replayed')).toBe(false);
  });

  it.each(['x'.repeat(256), 'a b', ''])('is rejected if the key is invalid: %.10j', async (key) => {
    const customer = await platform.addCustomer();
    const { paths } = expectRefusal(await under(key, [customer]), 400, 'INVALID_INPUT');
    expect(paths?.at(0)).toBe('Idempotency-Key');
    // Queries are idempotent and ignore the header.
    const headers = { 'x-api-key': customer.apiKey, 'idempotency-key': key };
    expect((await calls.request('/api/v1/whoami', { headers })).status).toBe(200);
  });
}
