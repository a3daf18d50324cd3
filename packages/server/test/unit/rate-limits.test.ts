import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  encodeKeyHash,
  RateLimits,
  type RateLimitDecision,
  type RateLimitSettings,
  type RateLimitSubject,
} from '../../src/limits/rate-limits.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const startLimits = (settings: Partial<RateLimitSettings>, maxKeys = 100) =>
  new RateLimits(
    { perKey: 100, perCustomer: 100, failuresPerAddress: 100, storedBytes: 100, servers: 1, ...settings },
    { windowSeconds: 60, firstCallTimeoutMs: 5_000, maxKeys },
  );

const ownerOf = (key: string, customerId = 'customer') => ({ apiKeyId: `id of ${key}`, customerId });

/** Checks a call that has to wait for nobody else. */
async function check(limits: RateLimits, subject: RateLimitSubject): Promise<RateLimitDecision> {
  const decision = await limits.check(subject);
  if (decision === undefined) throw new Error('timed out');
  return decision;
}

/** Calls with a valid key, and returns the policy of the limit that the call exceeds. */
async function callValid(limits: RateLimits, keyHash: string, { customerId = 'customer', address = 'here' } = {}) {
  const subject = { address, keyHash };
  const decision = await check(limits, subject);
  if (decision.exceeded !== undefined) return decision.exceeded.policy;
  limits.settle(subject, decision, { owner: ownerOf(keyHash, customerId), isRefused: false });
  return undefined;
}

/** The same with an invalid key, or without one. */
async function callInvalid(limits: RateLimits, keyHash?: string, address = 'here') {
  const subject = { address, keyHash };
  const decision = await check(limits, subject);
  if (decision.exceeded !== undefined) return decision.exceeded.policy;
  limits.settle(subject, decision, { owner: undefined, isRefused: true });
  return undefined;
}

it('identifies a key by its hash', () => {
  expect(encodeKeyHash(Buffer.from('hash'))).toBe('aGFzaA==');
});

it('uses a window of one minute unless it is told otherwise', async () => {
  const limits = new RateLimits({ perKey: 1, perCustomer: 9, failuresPerAddress: 9, storedBytes: 9, servers: 1 });
  expect(limits.policies).toEqual([
    { policy: 'key', limit: 1 },
    { policy: 'customer', limit: 9 },
    { policy: 'failed-authentication', limit: 9 },
  ]);
  expect([await callValid(limits, 'a'), await callValid(limits, 'a')]).toEqual([undefined, 'key']);
  vi.advanceTimersByTime(60_000);
  expect(await callValid(limits, 'a')).toBeUndefined();
});

describe('an API key', () => {
  it('has its calls of each minute, the first one included', async () => {
    const limits = startLimits({ perKey: 2 });
    expect([await callValid(limits, 'a'), await callValid(limits, 'a'), await callValid(limits, 'a')]).toEqual([
      undefined,
      undefined,
      'key',
    ]);
    expect(await callValid(limits, 'b')).toBeUndefined();
    vi.advanceTimersByTime(59_999);
    expect(await callValid(limits, 'a')).toBe('key');
    vi.advanceTimersByTime(1);
    expect(await callValid(limits, 'a')).toBeUndefined();
  });

  it('shares the limit of its customer with the other keys', async () => {
    const limits = startLimits({ perCustomer: 2 });
    await callValid(limits, 'a');
    await callValid(limits, 'b');
    expect(await callValid(limits, 'a')).toBe('customer');
    expect(await callValid(limits, 'c', { customerId: 'other' })).toBeUndefined();
  });

  it('has its share of the limit on each server, rounded up', async () => {
    const { usages } = await check(startLimits({ perKey: 10, servers: 3 }), { address: 'here', keyHash: 'a' });
    expect(usages).toEqual([]);
    const limits = startLimits({ perKey: 10, perCustomer: 30, servers: 3 });
    await callValid(limits, 'a');
    const decision = await check(limits, { address: 'here', keyHash: 'a' });
    expect(decision.usages.map(({ policy, limit, used }) => ({ policy, limit, used }))).toEqual([
      { policy: 'key', limit: 4, used: 2 },
      { policy: 'customer', limit: 10, used: 2 },
    ]);
  });
});

describe('an unknown API key', () => {
  const subject = { address: 'here', keyHash: 'new' };

  it('makes one call until its owner is known, and then as many as are left', async () => {
    const limits = startLimits({ perKey: 2 });
    const first = await check(limits, subject);
    const others = Promise.all([check(limits, subject), check(limits, subject)]);
    limits.settle(subject, first, { owner: ownerOf('new'), isRefused: false });
    expect((await others).map(({ exceeded }) => exceeded?.policy)).toEqual([undefined, 'key']);
  });

  it('makes one call after the other while it is invalid, up to the limit of its address', async () => {
    const limits = startLimits({ failuresPerAddress: 2 });
    const calls = Promise.all([1, 2, 3, 4].map(() => callInvalid(limits, 'invalid')));
    const limit = 'failed-authentication';
    expect(await calls).toEqual([undefined, undefined, limit, limit]);
  });

  it('waits for its first call until the timeout', async () => {
    const limits = startLimits({});
    await check(limits, subject);
    const second = limits.check(subject);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await second).toBeUndefined();
  });

  it('counts from its first call on this server when this server created it', async () => {
    const limits = startLimits({ perCustomer: 1 });
    limits.rememberOwner('new', ownerOf('new'));
    expect((await check(limits, subject)).exceeded).toBeUndefined();
    expect((await check(limits, subject)).exceeded?.policy).toBe('customer');
  });
});

describe('an address', () => {
  it('has its failed authentications of each minute, with whatever keys', async () => {
    const limits = startLimits({ failuresPerAddress: 2 });
    expect([await callInvalid(limits), await callInvalid(limits, 'x'), await callInvalid(limits, 'y')]).toEqual([
      undefined,
      undefined,
      'failed-authentication',
    ]);
    expect(await callInvalid(limits, 'x', 'there')).toBeUndefined();
    expect(await callValid(limits, 'new')).toBe('failed-authentication');
    vi.advanceTimersByTime(60_000);
    expect(await callValid(limits, 'new')).toBeUndefined();
  });

  it('over its limit may still call with a key that was valid', async () => {
    const limits = startLimits({ failuresPerAddress: 1 });
    await callValid(limits, 'valid');
    await callInvalid(limits);
    expect(await callInvalid(limits)).toBe('failed-authentication');
    expect(await callValid(limits, 'valid')).toBeUndefined();
    expect(await callInvalid(limits, 'valid')).toBeUndefined();
    expect(await callInvalid(limits, 'valid')).toBe('failed-authentication');
  });

  it('is charged with nothing when the platform failed', async () => {
    const limits = startLimits({ failuresPerAddress: 1 });
    const subject = { address: 'here', keyHash: 'a' };
    const decision = await check(limits, subject);
    expect(limits.settle(subject, decision, { owner: undefined, isRefused: false })).toEqual([]);
    expect(await callValid(limits, 'a')).toBeUndefined();
  });
});

describe('a customer', () => {
  it('may authenticate without an API key within the same limit', () => {
    const limits = startLimits({ perCustomer: 1 });
    expect(limits.countCustomer('customer')).toMatchObject({ policy: 'customer', used: 1, limit: 1 });
    expect(limits.countCustomer('customer')).toMatchObject({ used: 2 });
  });

  it('has its storage quota of each day', () => {
    const limits = startLimits({ storedBytes: 10 });
    expect(limits.exceededStorageQuota('customer')).toBeUndefined();
    limits.countStoredBytes('customer', 9);
    expect(limits.exceededStorageQuota('customer')).toBeUndefined();
    limits.countStoredBytes('customer', 9);
    expect(limits.exceededStorageQuota('customer')).toMatchObject({
      policy: 'storage',
      used: 18,
      resetSeconds: 86_400,
    });
    expect(limits.exceededStorageQuota('other')).toBeUndefined();
    vi.advanceTimersByTime(86_400_000);
    expect(limits.exceededStorageQuota('customer')).toBeUndefined();
  });
});

it('keeps a bounded number of keys and addresses, and drops those that were counted longest ago', async () => {
  const limits = startLimits({ perKey: 1, failuresPerAddress: 1 }, 2);
  for (const address of ['one', 'two', 'three']) await callInvalid(limits, undefined, address);
  expect(await callInvalid(limits, undefined, 'three')).toBe('failed-authentication');
  expect(await callInvalid(limits, undefined, 'one')).toBeUndefined();
  for (const key of ['a', 'b', 'c']) await callValid(limits, key, { address: 'elsewhere' });
  expect(await callValid(limits, 'c', { address: 'one' })).toBe('key');
  expect(await callValid(limits, 'a', { address: 'one' })).toBe('failed-authentication');
  expect(vi.getTimerCount()).toBeLessThanOrEqual(6);
});
