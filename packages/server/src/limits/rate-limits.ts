// How much one key, one customer and, with keys that don't count, one address may ask. All of it is in this server's
// memory, and bounded: no request waits for a count, and none writes one. Whose a key is is known from the last time
// that the database said so; a key is limited from then on, and a good one is let in also from an address that is not.
import { Counter, type Usage } from './counter.ts';

/** Calls a minute, by all servers together. */
export interface RateLimitSettings {
  readonly perKey: number;
  readonly perCustomer: number;
  /** Calls whose authentication failed. */
  readonly failuresPerAddress: number;
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

export class RateLimits {
  /** What this server allows. */
  readonly policies: readonly { readonly policy: string; readonly limit: number }[];
  readonly #keys: Counter;
  readonly #customers: Counter;
  readonly #failures: Counter;
  /** Keys that were good when they were last seen, by hash. */
  readonly #owners = new Map<string, KeyOwner>();
  readonly #maxNames: number;

  constructor({ perKey, perCustomer, failuresPerAddress, servers }: RateLimitSettings, counting = defaultCounting) {
    const share = (policy: string, total: number) => ({ policy, limit: Math.ceil(total / servers) });
    const key = share('key', perKey);
    const customer = share('customer', perCustomer);
    const failures = share('failed-authentication', failuresPerAddress);
    this.policies = [key, customer, failures];
    this.#keys = new Counter({ ...key, ...counting });
    this.#customers = new Counter({ ...customer, ...counting });
    this.#failures = new Counter({ ...failures, ...counting });
    this.#maxNames = counting.maxNames;
  }

  /** Says whether a call may go on. */
  async admit({ address, keyHash }: Visitor): Promise<Admission> {
    const owner = keyHash === undefined ? undefined : this.#owners.get(keyHash);
    if (owner !== undefined) {
      const usages = await this.#count(owner);
      return { usages, exceeded: usages.find(({ used, limit }) => used > limit), owner };
    }
    const failures = await this.#failures.read(address);
    return failures.used < failures.limit
      ? { usages: [], exceeded: undefined, owner }
      : { usages: [failures], exceeded: failures, owner };
  }

  /** Learns from how an admitted call ended, and counts what could not be counted before. */
  async settle(
    { address, keyHash }: Visitor,
    admission: Pick<Admission, 'owner'>,
    { owner, isRefused }: Outcome,
  ): Promise<readonly Usage[]> {
    if (isRefused) {
      if (keyHash !== undefined) this.#owners.delete(keyHash);
      return [await this.#failures.add(address)];
    }
    if (keyHash === undefined || owner === undefined) return [];
    this.#remember(keyHash, owner);
    return admission.owner === undefined ? this.#count(owner) : [];
  }

  async #count({ apiKeyId, customerId }: KeyOwner): Promise<readonly Usage[]> {
    return [await this.#keys.add(apiKeyId), await this.#customers.add(customerId)];
  }

  #remember(keyHash: string, owner: KeyOwner): void {
    this.#owners.delete(keyHash);
    this.#owners.set(keyHash, owner);
    if (this.#owners.size <= this.#maxNames) return;
    const [oldest] = this.#owners.keys();
    if (oldest !== undefined) this.#owners.delete(oldest);
  }
}
