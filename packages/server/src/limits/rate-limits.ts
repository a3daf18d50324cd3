// Limits the calls of each API key, each customer and, by failed authentications, each address. All counts are in this server's
// memory, and bounded: no request waits for a count, and none writes one. The owner of a key is known from the last time that
// the database told it: a key is limited from then on, and a valid one may call from an address that is over its limit.
import { LRUCache } from 'lru-cache';
import { FairSemaphore, type Release } from './fair-semaphore.ts';
import { FixedWindowCounter, type Usage } from './fixed-window-counter.ts';

/** Calls a minute, where nothing else is said, of all servers together. */
export interface RateLimitSettings {
  readonly perKey: number;
  readonly perCustomer: number;
  /** Calls whose authentication failed. */
  readonly failuresPerAddress: number;
  /** What one customer may store a day, in bytes. */
  readonly storedBytes: number;
  /** How many servers there are. Each allows its share. */
  readonly servers: number;
}

/** Whom a call may be counted against, as far as it is known without the database. */
export interface RateLimitSubject {
  /** From `addressGroup`. */
  readonly address: string;
  /** From {@link encodeKeyHash}. Undefined when the request has no API key. */
  readonly keyHash: string | undefined;
}

/** Makes the {@link RateLimitSubject.keyHash} of the hash that the database has of a key. */
export const encodeKeyHash = (keyHash: Buffer): string => keyHash.toString('base64');

/** Whose an API key is. */
export interface KeyOwner {
  readonly apiKeyId: string;
  readonly customerId: string;
}

/** Whether a call may go on. */
export interface RateLimitDecision {
  readonly usages: readonly Usage[];
  /** The limit that the call exceeds. When it is set, the call must be refused. */
  readonly exceeded: Usage | undefined;
  /** Whom the call was counted against. Undefined while the owner of the key is unknown. */
  readonly owner: KeyOwner | undefined;
  /** Lets the next call with the same unknown key start. `settle` calls it. */
  readonly release?: Release;
}

/** How a call's authentication ended. */
export interface AuthenticationOutcome {
  /** Undefined when the database was not asked, or did not know the key. */
  readonly owner: KeyOwner | undefined;
  readonly isRefused: boolean;
}

/** How all limits count. */
export interface CounterSettings {
  readonly windowSeconds: number;
  /** Of API keys, customers and addresses each. */
  readonly maxKeys: number;
  /** How long calls wait for the first call with the same key. */
  readonly firstCallTimeoutMs: number;
}

/** A minute is short enough to wait for and long enough for a workflow's bursts. */
const defaultCounters: CounterSettings = { windowSeconds: 60, maxKeys: 20_000, firstCallTimeoutMs: 5_000 };

const daySeconds = 24 * 60 * 60;

export class RateLimits {
  /** What this server allows. */
  readonly policies: readonly { readonly policy: string; readonly limit: number }[];
  readonly #keys: FixedWindowCounter;
  readonly #customers: FixedWindowCounter;
  readonly #failures: FixedWindowCounter;
  readonly #storage: FixedWindowCounter;
  /** The owners of keys that were valid when they were last used, by hash. */
  readonly #owners: LRUCache<string, KeyOwner>;
  /** Runs the first calls with a key one after the other. In parallel, as in a batch, an unknown key would have no limit. */
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
   * Counts a call and decides whether it may go on. Each decision without `exceeded` must be passed to {@link settle}.
   *
   * @returns undefined when the call has waited too long for the first call with the same key
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
   * Counts what {@link check} could not: a failed authentication, or the first call of a key.
   *
   * @returns what is to be told to the caller, as of now
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

  /** Counts a call of a customer that authenticated by something else than an API key. */
  countCustomer(customerId: string): Usage {
    return this.#customers.add(customerId);
  }

  /** Returns the storage quota when the customer has used it up. */
  exceededStorageQuota(customerId: string): Usage | undefined {
    const stored = this.#storage.read(customerId);
    return stored.used >= stored.limit ? stored : undefined;
  }

  countStoredBytes(customerId: string, bytes: number): void {
    this.#storage.add(customerId, bytes);
  }

  /** The owner of a key, as far as this server has learned. */
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
