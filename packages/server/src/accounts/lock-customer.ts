import { sql } from 'kysely';
import type { EntityManager, Tables } from '../database/open-database.ts';

/** Locks the customer until the transaction ends, so that concurrent transactions check its quotas one after the other. */
export async function lockCustomer(tx: EntityManager, customerId: string): Promise<void> {
  // This lock mode does not block stores, whose foreign key to the customer needs only a key-share lock.
  await sql`select from customers where id = ${customerId} for no key update`.execute(tx.getKysely<Tables>());
}
