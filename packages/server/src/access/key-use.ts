// The last use of API keys: collected in memory and written in batches, so that no request waits for it.
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../database/open-database.ts';

/** The use of a key. */
export interface KeyUse {
  readonly apiKeyId: string;
  /** The hash to store from now on; undefined if the stored one is current. */
  readonly newHash: Buffer | undefined;
}

interface Noted {
  readonly at: Date;
  readonly newHash: Buffer | undefined;
}

/** Collects uses until they are written: at most one for each key. */
export class KeyUses {
  #noted = new Map<string, Noted>();

  note({ apiKeyId, newHash }: KeyUse): void {
    this.#noted.set(apiKeyId, { at: new Date(), newHash });
  }

  /** Writes the collected uses. If that fails, they stay collected. */
  async write(kysely: Kysely<Tables>): Promise<void> {
    const noted = this.#noted;
    if (noted.size === 0) return;
    this.#noted = new Map();
    // In the same order on all servers, so that concurrent updates do not deadlock.
    const rows = [...noted].toSorted(([one], [other]) => one.localeCompare(other));
    try {
      await sql`
        update api_keys
        set last_used_at = greatest(last_used_at, used.at), key_hash = coalesce(used.new_hash, key_hash)
        from unnest(
          ${rows.map(([id]) => id)}::uuid[],
          ${rows.map(([, { at }]) => at.toISOString())}::timestamptz[],
          ${rows.map(([, { newHash }]) => newHash?.toString('hex') ?? null)}::text[]
        ) as noted(id, at, hex),
        lateral (select noted.at, decode(noted.hex, 'hex') as new_hash) as used
        where api_keys.id = noted.id`.execute(kysely);
    } catch (thrown) {
      // Uses that were noted since then are newer.
      this.#noted = new Map([...noted, ...this.#noted]);
      throw thrown;
    }
  }
}
