// When keys were last used, and under which pepper: noted in memory and written now and then, so that no request waits.
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../database/open-database.ts';

/** A use of a key. */
export interface KeyUse {
  readonly apiKeyId: string;
  /** What is to be kept of the key from now on, where that is something else than now. */
  readonly newHash: Buffer | undefined;
}

interface Noted {
  readonly at: Date;
  readonly newHash: Buffer | undefined;
}

/** Collects uses until they are written. There are never more than there are keys. */
export class KeyUses {
  #noted = new Map<string, Noted>();

  note({ apiKeyId, newHash }: KeyUse): void {
    this.#noted.set(apiKeyId, { at: new Date(), newHash });
  }

  /** Writes what was noted; what could not be written is noted still. */
  async write(kysely: Kysely<Tables>): Promise<void> {
    const noted = this.#noted;
    if (noted.size === 0) return;
    this.#noted = new Map();
    // In one order, so that servers that do this at once don't wait for one another in a circle.
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
      // What was noted since is later.
      this.#noted = new Map([...noted, ...this.#noted]);
      throw thrown;
    }
  }
}
