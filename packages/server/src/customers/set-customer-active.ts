import type { EntityManager } from '../database.ts';
import { findCustomer } from './find-customer.ts';

/**
 * Deactivates a customer, so that its keys are refused from the next request on, or activates it again.
 *
 * @throws UnknownRecordError
 */
export async function setCustomerActive(em: EntityManager, nameOrId: string, active: boolean) {
  const customer = await findCustomer(em, nameOrId);
  customer.deactivatedAt = active ? null : (customer.deactivatedAt ?? new Date());
  await em.flush();
  return customer;
}
