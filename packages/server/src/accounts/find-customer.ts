import { CustomerNotFoundError } from '@rsolv/shared/errors/record-errors';
import type { EntityManager } from '../database/open-database.ts';
import { isId } from '../entities/columns.ts';
import { Customer } from '../entities/customer.ts';

/**
 * Finds a customer by name or id.
 *
 * @throws CustomerNotFoundError
 */
export async function findCustomer(em: EntityManager, nameOrId: string) {
  const customer = await em.findOne(Customer, isId(nameOrId) ? { id: nameOrId } : { name: nameOrId });
  if (customer) return customer;
  throw new CustomerNotFoundError(nameOrId);
}
