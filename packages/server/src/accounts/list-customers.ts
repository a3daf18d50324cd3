import type { EntityManager } from '../database/open-database.ts';
import { Customer } from '../entities/customer.ts';

/** Every customer, by name. */
export function listCustomers(em: EntityManager) {
  return em.findAll(Customer, { orderBy: { name: 'asc' } });
}
