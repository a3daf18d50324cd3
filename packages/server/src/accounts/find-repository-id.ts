import type { RepositoryRef } from '@rsolv/shared/contract/repository-input';
import type { Kysely } from 'kysely';
import { isRepository } from '../access/forge-access.ts';
import type { Tables } from '../database/open-database.ts';
import { valueOf } from '../database/statement.ts';

/** The id of the repository that has a name; undefined where nothing is stored for it. */
export async function findRepositoryId(kysely: Kysely<Tables>, repository: RepositoryRef): Promise<string | undefined> {
  const found = await kysely
    .selectFrom('repositories')
    .select('repositories.id')
    .where(isRepository(valueOf(repository)))
    .executeTakeFirst();
  return found?.id;
}
