import { restrictionTo } from '@rsolv/shared/contract/api-key';
import { RepositoryChangedError } from '@rsolv/shared/errors/workflow-errors';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import type { Actor } from '../audit/actor.ts';
import type { EntityManager, Tables } from '../database/open-database.ts';
import { folded } from '../entities/folded.ts';
import { followRename, type WorkflowRepository } from './follow-rename.ts';

interface Pin extends WorkflowRepository {
  /** Whether the repository may replace another one of the same name. */
  readonly replace: boolean;
}

/**
 * Records the id of a repository when its name is first seen, and compares it from then on. A repository that is known by
 * another name gets its new name.
 *
 * @throws RepositoryChangedError where the name is recorded with another id, unless it is to be replaced
 */
export async function pinRepository(tx: EntityManager, { replace, ...pin }: Pin, by: Actor): Promise<void> {
  const { customerId, repository, repositoryId } = pin;
  const { forge, namespace, name } = repository;
  const pinned = replace ? sql`excluded.forge_id` : sql`coalesce(repositories.forge_id, excluded.forge_id)`;
  if (!replace) await followRename(tx, pin, by);
  const { rows } = await sql<{ forge_id: string }>`
    insert into repositories (id, customer_id, forge_type, namespace, name, forge_id)
    values (${uuidv7()}, ${customerId}, ${forge}, ${namespace}, ${name}, ${repositoryId})
    on conflict (forge_type, ${sql.raw(folded('namespace'))}, ${sql.raw(folded('name'))})
      do update set forge_id = ${pinned}
    returning forge_id`.execute(tx.getKysely<Tables>());
  if (rows[0]?.forge_id === repositoryId) return;
  throw new RepositoryChangedError({ repository: restrictionTo(repository), id: repositoryId });
}
