import type { Actor } from '../audit/actor.ts';
import { recordAct } from '../audit/record-act.ts';
import type { EntityManager } from '../database/open-database.ts';
import { findCustomer } from './find-customer.ts';

/** Which customer, whether it is to be active, and who says so. */
interface ActivityOptions {
  readonly nameOrId: string;
  readonly active: boolean;
  readonly by: Actor;
}

/**
 * Deactivates a customer, so that its keys are refused from the next request on, or activates it again.
 *
 * @throws RecordNotFoundError
 */
export async function setCustomerActive(em: EntityManager, { nameOrId, active, by }: ActivityOptions) {
  const customer = await findCustomer(em, nameOrId);
  customer.deactivatedAt = active ? null : (customer.deactivatedAt ?? new Date());
  const action = active ? 'customer.activate' : 'customer.deactivate';
  recordAct(em, by, { action, customerId: customer.id, target: { id: customer.id } });
  await em.flush();
  return customer;
}
