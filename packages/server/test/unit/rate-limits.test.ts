import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addressGroup } from '../../src/limits/address-group.ts';
import { rateLimitFields } from '../../src/limits/rate-limit-fields.ts';
import { RateLimits, type Admission, type RateLimitSettings, type Visitor } from '../../src/limits/rate-limits.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const limits = (settings: Partial<RateLimitSettings>, maxNames = 100) =>
  new RateLimits(
    { perKey: 100, perCustomer: 100, failuresPerAddress: 100, storedBytes: 100, servers: 1, ...settings },
    { windowSeconds: 60, maxNames },
  );

const owner = (key: string, customerId = 'customer') => ({ apiKeyId: `id of ${key}`, customerId });

/** Lets somebody in, who does not have to wait for others. */
async function admit(on: RateLimits, visitor: Visitor): Promise<Admission> {
  const admission = await on.admit(visitor);
  if (admission === undefined) throw new Error('waited in vain');
  return admission;
}

/** Calls with a key that the database finds good; answers with the limit that the call is over. */
async function callGood(on: RateLimits, keyHash: string, { customerId = 'customer', address = 'here' } = {}) {
  const visitor = { address, keyHash };
  const admission = await admit(on, visitor);
  if (admission.exceeded !== undefined) return admission.exceeded.policy;
  await on.settle(visitor, admission, { owner: owner(keyHash, customerId), isRefused: false });
  return undefined;
}

async function callBad(on: RateLimits, keyHash?: string, address = 'here') {
  const visitor = { address, keyHash };
  const admission = await admit(on, visitor);
  if (admission.exceeded !== undefined) return admission.exceeded.policy;
  await on.settle(visitor, admission, { owner: undefined, isRefused: true });
  return undefined;
}

describe('a key', () => {
  it('gets its calls a minute, the first one counted too, and gets them again', async () => {
    const on = limits({ perKey: 2 });
    expect([await callGood(on, 'a'), await callGood(on, 'a'), await callGood(on, 'a')]).toEqual([
      undefined,
      undefined,
      'key',
    ]);
    expect(await callGood(on, 'b')).toBeUndefined();
    vi.advanceTimersByTime(59_999);
    expect(await callGood(on, 'a')).toBe('key');
    vi.advanceTimersByTime(1);
    expect(await callGood(on, 'a')).toBeUndefined();
  });

  it('shares the limit of its customer with the others', async () => {
    const on = limits({ perCustomer: 2 });
    await callGood(on, 'a');
    await callGood(on, 'b');
    expect(await callGood(on, 'a')).toBe('customer');
    expect(await callGood(on, 'c', { customerId: 'other' })).toBeUndefined();
  });

  it('has its share of the limit on each server, rounded up', async () => {
    const { usages } = await admit(limits({ perKey: 10, servers: 3 }), { address: 'here', keyHash: 'a' });
    expect(usages).toEqual([]);
    const on = limits({ perKey: 10, perCustomer: 30, servers: 3 });
    await callGood(on, 'a');
    const admission = await admit(on, { address: 'here', keyHash: 'a' });
    expect(admission.usages.map(({ policy, limit, used }) => ({ policy, limit, used }))).toEqual([
      { policy: 'key', limit: 4, used: 2 },
      { policy: 'customer', limit: 10, used: 2 },
    ]);
  });
});

describe('a key that was never seen', () => {
  const visitor = { address: 'here', keyHash: 'new' };

  it('makes one call until it is known whose it is, and then as many as are left', async () => {
    const on = limits({ perKey: 2 });
    const first = await admit(on, visitor);
    const others = Promise.all([admit(on, visitor), admit(on, visitor)]);
    await on.settle(visitor, first, { owner: owner('new'), isRefused: false });
    expect((await others).map(({ exceeded }) => exceeded?.policy)).toEqual([undefined, 'key']);
  });

  it('makes one call after the other where it is not good, until its address may no longer', async () => {
    const on = limits({ failuresPerAddress: 2 });
    const calls = Promise.all([1, 2, 3, 4].map(() => callBad(on, 'bad')));
    const limit = 'failed-authentication';
    expect(await calls).toEqual([undefined, undefined, limit, limit]);
  });

  it('waits for its first call, but not without end', async () => {
    const on = limits({});
    await admit(on, visitor);
    const second = on.admit(visitor);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await second).toBeUndefined();
  });

  it('is known at once where it was made here', async () => {
    const on = limits({ perCustomer: 1 });
    on.remember('new', owner('new'));
    expect((await admit(on, visitor)).exceeded).toBeUndefined();
    expect((await admit(on, visitor)).exceeded?.policy).toBe('customer');
  });
});

describe('an address', () => {
  it('gets its failures a minute, whatever keys it shows', async () => {
    const on = limits({ failuresPerAddress: 2 });
    expect([await callBad(on), await callBad(on, 'x'), await callBad(on, 'y')]).toEqual([
      undefined,
      undefined,
      'failed-authentication',
    ]);
    expect(await callBad(on, 'x', 'there')).toBeUndefined();
    expect(await callGood(on, 'new')).toBe('failed-authentication');
    vi.advanceTimersByTime(60_000);
    expect(await callGood(on, 'new')).toBeUndefined();
  });

  it('that is over its limit still lets in whoever shows a key that was good', async () => {
    const on = limits({ failuresPerAddress: 1 });
    await callGood(on, 'good');
    await callBad(on);
    expect(await callBad(on)).toBe('failed-authentication');
    expect(await callGood(on, 'good')).toBeUndefined();
    expect(await callBad(on, 'good')).toBeUndefined();
    expect(await callBad(on, 'good')).toBe('failed-authentication');
  });

  it('has nothing counted against it where the platform failed', async () => {
    const on = limits({ failuresPerAddress: 1 });
    const visitor = { address: 'here', keyHash: 'a' };
    const admission = await admit(on, visitor);
    expect(await on.settle(visitor, admission, { owner: undefined, isRefused: false })).toEqual([]);
    expect(await callGood(on, 'a')).toBeUndefined();
  });
});

it('remembers so many names and no more: whoever was there longest ago begins anew', async () => {
  const on = limits({ perKey: 1, failuresPerAddress: 1 }, 2);
  for (const address of ['one', 'two', 'three']) await callBad(on, undefined, address);
  expect(await callBad(on, undefined, 'three')).toBe('failed-authentication');
  expect(await callBad(on, undefined, 'one')).toBeUndefined();
  for (const key of ['a', 'b', 'c']) await callGood(on, key, { address: 'elsewhere' });
  expect(await callGood(on, 'c', { address: 'one' })).toBe('key');
  expect(await callGood(on, 'a', { address: 'one' })).toBe('failed-authentication');
  expect(vi.getTimerCount()).toBeLessThanOrEqual(6);
});

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['10', 'unknown'],
  ['unknown', 'unknown'],
  ['', 'unknown'],
  [undefined, 'unknown'],
])('the group of %s is %s', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});

it('tells of limits in the fields of the draft', () => {
  expect(
    rateLimitFields([
      { policy: 'key', limit: 10, windowSeconds: 60, used: 3, resetSeconds: 42 },
      { policy: 'customer', limit: 20, windowSeconds: 60, used: 21, resetSeconds: 7 },
    ]),
  ).toEqual({
    'RateLimit-Policy': '"key";q=10;w=60, "customer";q=20;w=60',
    RateLimit: '"key";r=7;t=42, "customer";r=0;t=7',
  });
  expect(rateLimitFields([])).toEqual({});
});
