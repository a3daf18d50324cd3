import { sql, type Kysely } from 'kysely';
import type { Tables } from '../database/open-database.ts';

/** The names of these API keys by id. A key that no longer exists has none. */
export async function keyNames(
  kysely: Kysely<Tables>,
  ids: Iterable<string | null>,
): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  const rows = await kysely
    .selectFrom('api_keys')
    .select(['id', 'name'])
    .where('id', '=', sql<string>`any(${wanted}::uuid[])`)
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
