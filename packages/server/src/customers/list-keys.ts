import type { EntityManager } from '../database.ts';
import { ApiKey } from '../entities/api-key.ts';

/** Every key of a customer, or of all, the newest first. */
export function listKeys(em: EntityManager, customerId?: string) {
  return em.find(ApiKey, customerId === undefined ? {} : { customer: customerId }, {
    populate: ['customer'],
    orderBy: { id: 'desc' },
  });
}
