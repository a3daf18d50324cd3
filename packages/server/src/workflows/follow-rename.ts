import type { RepositoryRef } from '@rsolv/shared/contract/repository-input';
import { sql } from 'kysely';
import { renameRepository } from '../accounts/rename-repository.ts';
import type { Actor } from '../audit/actor.ts';
import type { EntityManager, Tables } from '../database/open-database.ts';
import { folded } from '../entities/folded.ts';

/** The repository that a workflow runs in. */
export interface WorkflowRepository {
  /** The owner of the repository's row, where it is created. */
  readonly customerId: string;
  readonly repository: RepositoryRef;
  /** The repository's id on its forge. */
  readonly repositoryId: string;
  /** The issuer of the workflow's ID token. Ids of different issuers have nothing to do with each other. */
  readonly issuer: string;
}

/**
 * Renames the repository that a workflow runs in where the platform knows its id under another name, and nothing under the new
 * one. The old name must be in a namespace that the customer has verified with the same issuer: ids of two issuers may be
 * equal by chance.
 */
export async function followRename(tx: EntityManager, workflow: WorkflowRepository, by: Actor): Promise<void> {
  const { customerId, repository, repositoryId, issuer } = workflow;
  const path = `${repository.namespace}/${repository.name}`.toLowerCase();
  const { rows } = await sql<{ id: string }>`
    select repositories.id from repositories
    where customer_id = ${customerId} and forge_type = ${repository.forge} and forge_id = ${repositoryId}
      and not exists (
        select from repositories as other
        where other.forge_type = ${repository.forge} and ${sql.raw(folded('other.full_path'))} = ${path}
      )
      and exists (
        select from forge_accounts
        where forge_accounts.customer_id = ${customerId} and forge_accounts.forge_type = ${repository.forge}
          and verified_at is not null and issuer = ${issuer}
          and ${sql.raw(folded('forge_accounts.namespace'))} = ${sql.raw(folded('repositories.namespace'))}
      )
    order by last_activity_at desc limit 1`.execute(tx.getKysely<Tables>());
  const [renamed] = rows;
  if (renamed === undefined) return;
  await renameRepository(tx, { customerId, repositoryId: renamed.id, to: repository, rights: undefined }, by);
}
