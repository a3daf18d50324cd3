// How much one key, one customer and, with keys that don't count, one address may ask. All of it is in this server's
// memory, and bounded: no request waits for a count, and none writes one. Whose a key is is known from the last time
// that the database said so; a key is limited from then on, and a good one is let in also from an address that is not.
import { Budget, type Release } from './budget.ts';
import { Counter, type Usage } from './counter.ts';

/** Calls a minute, where nothing else is said, by all servers together. */
export interface RateLimitSettings {
  readonly perKey: number;
  readonly perCustomer: number;
  /** Calls whose authentication failed. */
  readonly failuresPerAddress: number;
  /** What one customer stores a day, in bytes. */
  readonly storedBytes: number;
  /** How many servers there are; each allows its share. */
  readonly servers: number;
}

/** Who calls, as far as is known without asking the database. */
export interface Visitor {
  /** As `addressGroup` gives it. */
  readonly address: string;
  /** What is kept of the key; undefined where there is none. */
  readonly keyHash: string | undefined;
}

/** What {@link Visitor} has of a key, by what is kept of it. */
export const visitorKey = (keyHash: Buffer): string => keyHash.toString('base64');

/** Whose a key is. */
export interface KeyOwner {
  readonly apiKeyId: string;
  readonly customerId: string;
}

/** A call that begins. */
export interface Admission {
  readonly usages: readonly Usage[];
  /** The limit that it is over, where it is to be refused. */
  readonly exceeded: Usage | undefined;
  /** Against whom it was counted; undefined where that is not known yet. */
  readonly owner: KeyOwner | undefined;
  /** Lets the next call with a key begin that was not known before. */
  readonly introduced?: Release;
}

/** How a call's authentication ended. */
export interface Outcome {
  /** Undefined where the database was not asked or did not know the key. */
  readonly owner: KeyOwner | undefined;
  readonly isRefused: boolean;
}

/** How counting is done, the same for all limits. */
export interface Counting {
  readonly windowSeconds: number;
  /** Of keys, customers and addresses each. */
  readonly maxNames: number;
}

/** A minute is short enough to wait for and long enough for a workflow's bursts; so many names take some 10 MB. */
const defaultCounting: Counting = { windowSeconds: 60, maxNames: 20_000 };

const dayInSeconds = 24 * 60 * 60;

/** How long calls wait for the one that finds out whose their key is. */
const introductionMs = 5_000;

export class RateLimits {
  /** What this server allows. */
  readonly policies: readonly { readonly policy: string; readonly limit: number }[];
  readonly #keys: Counter;
  readonly #customers: Counter;
  readonly #failures: Counter;
  readonly #stored: Counter;
  /** Keys that were good when they were last seen, by hash. */
  readonly #owners = new Map<string, KeyOwner>();
  /** Of the first calls with a key, one after the other: or else a new key would have no limit in a batch. */
  readonly #introductions = new Budget({ total: Infinity, perName: 1, patienceMs: introductionMs });
  readonly #maxNames: number;

  constructor(settings: RateLimitSettings, counting = defaultCounting) {
    const share = (policy: string, total: number) => ({ policy, limit: Math.ceil(total / settings.servers) });
    const key = share('key', settings.perKey);
    const customer = share('customer', settings.perCustomer);
    const failures = share('failed-authentication', settings.failuresPerAddress);
    const storage = share('storage', settings.storedBytes);
    this.policies = [key, customer, failures];
    this.#keys = new Counter({ ...key, ...counting });
    this.#customers = new Counter({ ...customer, ...counting });
    this.#failures = new Counter({ ...failures, ...counting });
    this.#stored = new Counter({ ...storage, ...counting, windowSeconds: dayInSeconds });
    this.#maxNames = counting.maxNames;
  }

  /** Says whether a call may go on; undefined where it waited too long for another one to tell whose its key is. */
  async admit({ address, keyHash }: Visitor): Promise<Admission | undefined> {
    const known = this.ownerOf(keyHash);
    if (known !== undefined) return this.#admitKnown(known);
    if (keyHash === undefined) return this.#admitStranger(address);
    const introduced = await this.#introductions.take(keyHash, 1);
    if (introduced === undefined) return undefined;
    // The call before has found out, perhaps.
    const owner = this.ownerOf(keyHash);
    const admission = owner === undefined ? await this.#admitStranger(address) : await this.#admitKnown(owner);
    if (owner === undefined && admission.exceeded === undefined) return { ...admission, introduced };
    introduced();
    return admission;
  }

  /** Learns from how an admitted call ended, and counts what could not be counted before. */
  async settle(
    { address, keyHash }: Visitor,
    admission: Pick<Admission, 'owner' | 'introduced'>,
    { owner, isRefused }: Outcome,
  ): Promise<readonly Usage[]> {
    try {
      if (isRefused) {
        if (keyHash !== undefined) this.#owners.delete(keyHash);
        return [await this.#failures.add(address)];
      }
      if (keyHash === undefined || owner === undefined) return [];
      this.remember(keyHash, owner);
      return admission.owner === undefined ? await this.#count(owner) : [];
    } finally {
      admission.introduced?.();
    }
  }

  /** Counts a call of a customer that showed something else than a key. */
  async countCustomer(customerId: string): Promise<Usage> {
    return this.#customers.add(customerId);
  }

  /** The limit that a customer is over by what it has stored; undefined where it may store more. */
  async findStorageLimit(customerId: string): Promise<Usage | undefined> {
    const stored = await this.#stored.read(customerId);
    return stored.used >= stored.limit ? stored : undefined;
  }

  /** Counts what a customer has stored. */
  async countStored(customerId: string, bytes: number): Promise<void> {
    await this.#stored.add(customerId, bytes);
  }

  /** Whose a key is, as far as this server has learned. */
  ownerOf(keyHash: string | undefined): KeyOwner | undefined {
    return keyHash === undefined ? undefined : this.#owners.get(keyHash);
  }

  async #admitKnown(owner: KeyOwner): Promise<Admission> {
    const usages = await this.#count(owner);
    return { usages, exceeded: usages.find(({ used, limit }) => used > limit), owner };
  }

  async #admitStranger(address: string): Promise<Admission> {
    const failures = await this.#failures.read(address);
    return failures.used < failures.limit
      ? { usages: [], exceeded: undefined, owner: undefined }
      : { usages: [failures], exceeded: failures, owner: undefined };
  }

  async #count({ apiKeyId, customerId }: KeyOwner): Promise<readonly Usage[]> {
    return [await this.#keys.add(apiKeyId), await this.#customers.add(customerId)];
  }

  /** Keeps in mind whose a key is: one that was just made, or shown. */
  remember(keyHash: string, owner: KeyOwner): void {
    this.#owners.delete(keyHash);
    this.#owners.set(keyHash, owner);
    if (this.#owners.size <= this.#maxNames) return;
    const [oldest] = this.#owners.keys();
    if (oldest !== undefined) this.#owners.delete(oldest);
  }
}
