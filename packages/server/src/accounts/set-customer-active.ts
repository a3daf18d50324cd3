import type { Actor } from '../audit/actor.ts';
import { recordAct } from '../audit/record-act.ts';
import type { EntityManager } from '../database/open-database.ts';
import { findCustomer } from './find-customer.ts';

/** A customer to activate or deactivate. */
interface ActivityOptions {
  readonly nameOrId: string;
  readonly active: boolean;
  readonly by: Actor;
}

/**
 * Activates or deactivates a customer. The keys of a deactivated customer are refused from their next request on.
 *
 * @throws CustomerNotFoundError
 */
export async function setCustomerActive(em: EntityManager, { nameOrId, active, by }: ActivityOptions) {
  const customer = await findCustomer(em, nameOrId);
  customer.deactivatedAt = active ? null : (customer.deactivatedAt ?? new Date());
  const action = active ? 'customer.activate' : 'customer.deactivate';
  recordAct(em, by, { action, customerId: customer.id, target: { id: customer.id } });
  await em.flush();
  return customer;
}
