import { sql } from 'kysely';
import type { EntityManager, Tables } from '../database/open-database.ts';

/** Of API keys that count and workflows have not got, and of forge accounts: what one answer can list. */
export const mostOfEach = 1000;

/** Until the transaction ends, nobody else makes anything of which the customer can have only so many. */
export async function holdCustomer(tx: EntityManager, customerId: string): Promise<void> {
  // Stores, which refer to the customer, go on.
  await sql`select from customers where id = ${customerId} for no key update`.execute(tx.getKysely<Tables>());
}
