import { maxRecordsPerCustomer } from './max-records-per-customer.ts';
import type { EntityManager } from '../database/open-database.ts';
import { ForgeAccount } from '../entities/forge-account.ts';

/** The forge accounts of a customer, as many as an answer can list, or those of all, by namespace. */
export function listForgeAccounts(em: EntityManager, customerId?: string) {
  return em.find(ForgeAccount, customerId === undefined ? {} : { customer: customerId }, {
    populate: ['customer'],
    orderBy: { namespace: 'asc', id: 'asc' },
    ...(customerId !== undefined && { limit: maxRecordsPerCustomer }),
  });
}
