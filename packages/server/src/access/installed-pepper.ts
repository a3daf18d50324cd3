// The database keeps a fingerprint of the pepper that hashed API keys last, so that a server or a command with a wrong
// pepper is refused before its callers are.
import { sql, type Kysely } from 'kysely';
import { StartupError } from '../config/operator-error.ts';
import type { Tables } from '../database/open-database.ts';
import type { KeyRing } from './key-ring.ts';

/**
 * Records the first pepper of a key ring as the one that hashes API keys from now on. The recorded pepper must be one of the
 * ring's. So the steps of a rotation are accepted, and a server that missed one is refused.
 *
 * @param source where the peppers come from, for the message
 * @throws StartupError when the recorded pepper is none of these
 */
export async function recordPepper(kysely: Kysely<Tables>, { fingerprints }: KeyRing, source: string): Promise<void> {
  // One statement, so that of two servers with different peppers that start at the same time, only one is accepted.
  const { rows } = await sql`
    insert into installation (id, pepper_fingerprint) values (1, ${fingerprints[0]})
    on conflict (id) do update
      set pepper_fingerprint = excluded.pepper_fingerprint, pepper_recorded_at = now()
      where installation.pepper_fingerprint in (${sql.join(fingerprints)})
    returning id`.execute(kysely);
  if (rows.length > 0) return;
  throw new StartupError(
    `The pepper in ${source} does not fit this database: its API keys were hashed with another one, and none of them would ` +
      'be valid. Use the pepper of the other servers or of the backup. If it is lost, see: rsolv pepper replace --help',
  );
}

/** Records the first pepper of a key ring, whatever was recorded before. Keys that were hashed with others become invalid. */
export async function replacePepper(kysely: Kysely<Tables>, { fingerprints }: KeyRing): Promise<void> {
  await sql`
    insert into installation (id, pepper_fingerprint) values (1, ${fingerprints[0]})
    on conflict (id) do update
      set pepper_fingerprint = excluded.pepper_fingerprint, pepper_recorded_at = now()`.execute(kysely);
}
