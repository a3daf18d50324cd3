import type { RepositoryRef } from '@rsolv/shared/contract/repository-input';
import { restrictionTo } from '@rsolv/shared/contract/api-key';
import { RepositoryChangedError } from '@rsolv/shared/errors/workflow-error';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import type { EntityManager, Tables } from '../database/open-database.ts';
import { folded } from '../entities/folded.ts';

/** Which repository a workflow runs in, and whose its row is where there is none yet. */
interface Pin {
  readonly customerId: string;
  readonly repository: RepositoryRef;
  readonly repositoryId: string;
  /** Whether it takes the place of another one of the same name. */
  readonly anew: boolean;
}

/**
 * Holds a repository to its number; the first one to be seen counts.
 *
 * @throws RepositoryChangedError where its name stands for another one, unless it takes its place
 */
export async function pinRepository(tx: EntityManager, { customerId, repository, repositoryId, anew }: Pin) {
  const { forge, namespace, name } = repository;
  const pinned = anew ? sql`excluded.forge_id` : sql`coalesce(repositories.forge_id, excluded.forge_id)`;
  const { rows } = await sql<{ forge_id: string }>`
    insert into repositories (id, customer_id, forge_type, namespace, name, forge_id)
    values (${uuidv7()}, ${customerId}, ${forge}, ${namespace}, ${name}, ${repositoryId})
    on conflict (forge_type, ${sql.raw(folded('namespace'))}, ${sql.raw(folded('name'))})
      do update set forge_id = ${pinned}
    returning forge_id`.execute(tx.getKysely<Tables>());
  if (rows[0]?.forge_id === repositoryId) return;
  throw new RepositoryChangedError({ repository: restrictionTo(repository), id: repositoryId });
}
