import type { EntityManager } from '../database.ts';
import { ForgeAccount } from '../entities/forge-account.ts';

/** Every forge account of a customer, or of all, by namespace. */
export function listForgeAccounts(em: EntityManager, customerId?: string) {
  return em.find(ForgeAccount, customerId === undefined ? {} : { customer: customerId }, {
    populate: ['customer'],
    orderBy: { namespace: 'asc', id: 'asc' },
  });
}
