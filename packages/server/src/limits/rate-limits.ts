// Limits the calls of each API key and each customer, and the failed authentications of each address. All counters are in
// this server's memory and bounded, so no request reads or writes a counter in the database. The server remembers the owner
// of a key after its first call. From then on, the key's own limits apply, even if its address has exceeded its limit.
import { LRUCache } from 'lru-cache';
import { FairSemaphore, type Release } from './fair-semaphore.ts';
import { FixedWindowCounter, type Usage } from './fixed-window-counter.ts';

/** The limits of all servers together. Unless stated otherwise, they are calls per minute. */
export interface RateLimitSettings {
  readonly perKey: number;
  readonly perCustomer: number;
  /** Calls whose authentication failed. */
  readonly failuresPerAddress: number;
  /** The bytes that one customer may store per day. */
  readonly storedBytes: number;
  /** How many servers there are. Each allows its share. */
  readonly servers: number;
}

/** What a call can be counted against without a query to the database. */
export interface RateLimitSubject {
  /** The result of `addressGroup`. */
  readonly address: string;
  /** The result of {@link encodeKeyHash}. Undefined if the request has no API key. */
  readonly keyHash: string | undefined;
}

/** Encodes the stored hash of an API key as a {@link RateLimitSubject.keyHash}. */
export const encodeKeyHash = (keyHash: Buffer): string => keyHash.toString('base64');

/** The owner of an API key. */
export interface KeyOwner {
  readonly apiKeyId: string;
  readonly customerId: string;
}

/** Whether a call may continue. */
export interface RateLimitDecision {
  readonly usages: readonly Usage[];
  /** The limit that the call exceeds. If it is set, the call must be refused. */
  readonly exceeded: Usage | undefined;
  /** The owner that the call was counted against. Undefined if the owner of the key is unknown. */
  readonly owner: KeyOwner | undefined;
  /** Lets the next call with the same unknown key start. `settle` calls it. */
  readonly release?: Release;
}

/** The result of a call's authentication. */
export interface AuthenticationOutcome {
  /** Undefined if the database was not queried or does not contain the key. */
  readonly owner: KeyOwner | undefined;
  readonly isRefused: boolean;
}

/** The settings of all counters. */
export interface CounterSettings {
  readonly windowSeconds: number;
  /** The maximum number of counted API keys, and of customers and addresses. */
  readonly maxKeys: number;
  /** How long calls wait for the first call with the same key. */
  readonly firstCallTimeoutMs: number;
}

/** A minute is short enough to wait for, and long enough for the bursts of a workflow. */
const defaultCounters: CounterSettings = { windowSeconds: 60, maxKeys: 20_000, firstCallTimeoutMs: 5_000 };

const daySeconds = 24 * 60 * 60;

export class RateLimits {
  /** The limits of this server. */
  readonly policies: readonly { readonly policy: string; readonly limit: number }[];
  readonly #keys: FixedWindowCounter;
  readonly #customers: FixedWindowCounter;
  readonly #failures: FixedWindowCounter;
  readonly #storage: FixedWindowCounter;
  /** The owners of keys that were valid when they were last used, by hash. */
  readonly #owners: LRUCache<string, KeyOwner>;
  /** Serializes the first calls with a key. Concurrent calls with an unknown key, as in a batch, would bypass the limit. */
  readonly #firstCalls: FairSemaphore;

  constructor(settings: RateLimitSettings, counters = defaultCounters) {
    const share = (policy: string, total: number) => ({ policy, limit: Math.ceil(total / settings.servers) });
    const key = share('key', settings.perKey);
    const customer = share('customer', settings.perCustomer);
    const failures = share('failed-authentication', settings.failuresPerAddress);
    const storage = share('storage', settings.storedBytes);
    this.policies = [key, customer, failures];
    this.#keys = new FixedWindowCounter({ ...key, ...counters });
    this.#customers = new FixedWindowCounter({ ...customer, ...counters });
    this.#failures = new FixedWindowCounter({ ...failures, ...counters });
    this.#storage = new FixedWindowCounter({ ...storage, ...counters, windowSeconds: daySeconds });
    this.#owners = new LRUCache({ max: counters.maxKeys });
    this.#firstCalls = new FairSemaphore({ total: Infinity, perKey: 1, timeoutMs: counters.firstCallTimeoutMs });
  }

  /**
   * Counts a call and decides whether it may continue. Each decision without `exceeded` must be passed to {@link settle}.
   *
   * @returns undefined if the call has waited too long for the first call with the same key
   */
  async check({ address, keyHash }: RateLimitSubject): Promise<RateLimitDecision | undefined> {
    const known = this.ownerOf(keyHash);
    if (known !== undefined) return this.#checkOwner(known);
    if (keyHash === undefined) return this.#checkAddress(address);
    const release = await this.#firstCalls.acquire(keyHash, 1);
    if (release === undefined) return undefined;
    // The call before this one may have learned the owner.
    const owner = this.ownerOf(keyHash);
    const decision = owner === undefined ? this.#checkAddress(address) : this.#checkOwner(owner);
    if (decision.owner === undefined && decision.exceeded === undefined) return { ...decision, release };
    release();
    return decision;
  }

  /**
   * Counts what {@link check} could not count: a failed authentication or the first call of a key.
   *
   * @returns the current usages for the caller
   */
  settle(
    { address, keyHash }: RateLimitSubject,
    decision: RateLimitDecision,
    { owner, isRefused }: AuthenticationOutcome,
  ): readonly Usage[] {
    try {
      if (isRefused) {
        if (keyHash !== undefined) this.#owners.delete(keyHash);
        return [this.#failures.add(address)];
      }
      if (keyHash === undefined || owner === undefined) return [];
      this.rememberOwner(keyHash, owner);
      return decision.owner === undefined ? this.#count(owner) : [];
    } finally {
      decision.release?.();
    }
  }

  /** Counts a call that was authenticated by something other than an API key. */
  countCustomer(customerId: string): Usage {
    return this.#customers.add(customerId);
  }

  /** Returns the storage quota if the customer has used it up. */
  exceededStorageQuota(customerId: string): Usage | undefined {
    const stored = this.#storage.read(customerId);
    return stored.used >= stored.limit ? stored : undefined;
  }

  countStoredBytes(customerId: string, bytes: number): void {
    this.#storage.add(customerId, bytes);
  }

  /** Returns the owner of a key if this server remembers it. */
  ownerOf(keyHash: string | undefined): KeyOwner | undefined {
    return keyHash === undefined ? undefined : this.#owners.peek(keyHash);
  }

  /** Remembers the owner of a key that was created or used. */
  rememberOwner(keyHash: string, owner: KeyOwner): void {
    this.#owners.set(keyHash, owner);
  }

  #checkOwner(owner: KeyOwner): RateLimitDecision {
    const usages = this.#count(owner);
    return { usages, exceeded: usages.find(({ used, limit }) => used > limit), owner };
  }

  #checkAddress(address: string): RateLimitDecision {
    const failures = this.#failures.read(address);
    return failures.used < failures.limit
      ? { usages: [], exceeded: undefined, owner: undefined }
      : { usages: [failures], exceeded: failures, owner: undefined };
  }

  #count({ apiKeyId, customerId }: KeyOwner): readonly Usage[] {
    return [this.#keys.add(apiKeyId), this.#customers.add(customerId)];
  }
}
