import { restrictionTo } from '@rsolv/shared/contract/api-key';
import type { RepositoryOutput } from '@rsolv/shared/contract/repository';
import type { RepositoryRef } from '@rsolv/shared/contract/repository-input';
import { InvalidInputError } from '@rsolv/shared/errors/platform-error';
import { RepositoryExistsError, RepositoryNotFoundError } from '@rsolv/shared/errors/record-errors';
import { sql } from 'kysely';
import { isReadable, type ReadingRights } from '../access/readable-repositories.ts';
import type { Actor } from '../audit/actor.ts';
import { recordAct } from '../audit/record-act.ts';
import type { EntityManager, Tables } from '../database/open-database.ts';
import { isId } from '../entities/columns.ts';
import { folded } from '../entities/folded.ts';
import { describeRepository, repositoryColumns } from './describe-repository.ts';

/** A repository, and the name that it has now. */
interface Renaming {
  /** The customer that the repository belongs to. */
  readonly customerId: string;
  readonly repositoryId: string;
  readonly to: RepositoryRef;
  /** Of the caller, who must be able to read the repository under its old name. */
  readonly rights: ReadingRights;
}

/**
 * Gives a repository the name that it has on its forge now, so that its executions stay together. API keys that are restricted
 * to it stay restricted to it.
 *
 * @returns the repository with its new name
 * @throws RepositoryNotFoundError; RepositoryExistsError where another one has the name; InvalidInputError where the customer
 *   has not verified the namespace of the new one
 */
export async function renameRepository(em: EntityManager, renaming: Renaming, by: Actor): Promise<RepositoryOutput> {
  const { customerId, repositoryId: id, to, rights } = renaming;
  const path = `${to.namespace}/${to.name}`;
  return em.transactional(async (tx) => {
    const kysely = tx.getKysely<Tables>();
    const read = (allowed: ReadingRights) =>
      kysely.selectFrom('repositories').select(repositoryColumns).where('id', '=', id).where(isReadable(allowed));
    const before = isId(id)
      ? await read(rights).where('customer_id', '=', customerId).forUpdate().executeTakeFirst()
      : undefined;
    if (before?.forge_type !== to.forge) throw new RepositoryNotFoundError(id);
    const { numUpdatedRows } = await kysely
      .updateTable('repositories')
      .set({ namespace: to.namespace, name: to.name })
      .where('id', '=', id)
      .where((builder) =>
        builder.not(
          builder.exists(
            builder
              .selectFrom('repositories as other')
              .where('other.id', '!=', id)
              .where('other.forge_type', '=', to.forge)
              .where(sql<boolean>`${sql.raw(folded('other.full_path'))} = ${path.toLowerCase()}`),
          ),
        ),
      )
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new RepositoryExistsError(path);
    const after = await read({ customerId, restriction: null }).executeTakeFirst();
    if (after === undefined) {
      const message = `is in the namespace "${to.namespace}", which the customer has not verified`;
      throw new InvalidInputError([{ path: 'repo', message }]);
    }
    const old = `${to.forge}:${before.full_path}`.toLowerCase();
    await kysely
      .updateTable('api_keys')
      .set({ repositories: sql`array_replace(repositories, ${old}, ${restrictionTo(to)})` })
      .where('customer_id', '=', customerId)
      .where(sql<boolean>`${old} = any(repositories)`)
      .execute();
    recordAct(tx, by, { action: 'repository.rename', customerId, target: { ...to, id } });
    await tx.flush();
    return describeRepository(after);
  });
}
