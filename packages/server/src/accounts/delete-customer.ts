import { phases } from '@rsolv/shared/contract/phase';
import { sql } from 'kysely';
import type { Actor } from '../audit/actor.ts';
import { recordAct } from '../audit/record-act.ts';
import { deleteInBatches } from '../database/delete-in-batches.ts';
import type { Database, Tables } from '../database/open-database.ts';
import { Customer } from '../entities/customer.ts';
import { setCustomerActive } from './set-customer-active.ts';

/** What a customer has. */
interface Holdings {
  readonly apiKeys: number;
  readonly forgeAccounts: number;
  readonly repositories: number;
  readonly executions: number;
}

/** Counts what would be deleted with a customer. */
export function countHoldings({ kysely }: Database, customerId: string): Promise<Holdings> {
  const count = (table: keyof Tables) =>
    sql<number>`(select count(*) from ${sql.table(table)} where customer_id = ${customerId})::int`;
  const ofPhases = phases.map((phase) => count(`${phase}_executions`));
  return kysely
    .selectNoFrom([
      count('api_keys').as('apiKeys'),
      count('forge_accounts').as('forgeAccounts'),
      count('repositories').as('repositories'),
      sql<number>`${sql.join(ofPhases, sql` + `)}`.as('executions'),
    ])
    .executeTakeFirstOrThrow();
}

/**
 * Deletes a customer with its API keys, forge accounts and executions, in batches, so that no lock is held for long. It is
 * deactivated first: nothing is stored meanwhile. Audit events stay. A deletion that was interrupted can be repeated.
 *
 * @throws CustomerNotFoundError
 */
export async function deleteCustomer(database: Database, customerId: string, by: Actor): Promise<void> {
  const em = database.fork();
  await setCustomerActive(em, { nameOrId: customerId, active: false, by });
  const owned = sql`customer_id = ${customerId}`;
  for (const phase of phases) {
    await deleteInBatches(database.kysely, { from: `${phase}_executions`, where: owned }, {});
  }
  await deleteInBatches(database.kysely, { from: 'idempotency_keys', where: owned }, {});
  await deleteInBatches(database.kysely, { from: 'repositories', where: sql`${owned} and ${hasNoExecutions}` }, {});
  await em.transactional(async (tx) => {
    recordAct(tx, by, { action: 'customer.delete', customerId, target: { id: customerId } });
    await tx.nativeDelete(Customer, { id: customerId });
  });
}

/** A repository that moved between customers has executions of others, too. */
const hasNoExecutions = sql.join(
  phases.map(
    (phase) =>
      sql`not exists (select from ${sql.table(`${phase}_executions`)} as stored where stored.repository_id = repositories.id)`,
  ),
  sql` and `,
);
