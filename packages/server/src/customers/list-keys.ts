import type { EntityManager } from '../database.ts';
import { ApiKey } from '../entities/api-key.ts';

/** Every key of a customer, or of all, the newest first; not those that workflows get, which come and go by themselves. */
export function listKeys(em: EntityManager, customerId?: string) {
  return em.find(
    ApiKey,
    { issuedTo: null, ...(customerId !== undefined && { customer: customerId }) },
    {
      populate: ['customer'],
      orderBy: { id: 'desc' },
    },
  );
}
