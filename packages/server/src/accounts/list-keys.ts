import { raw } from '@mikro-orm/core';
import type { EntityManager } from '../database/open-database.ts';
import { ApiKey } from '../entities/api-key.ts';
import { maxRecordsPerCustomer } from './max-records-per-customer.ts';

/** Every key of all customers, the newest first; not those that workflows get, which come and go by themselves. */
export function listAllKeys(em: EntityManager) {
  return em.find(ApiKey, { issuedTo: null }, { populate: ['customer'], orderBy: { id: 'desc' } });
}

/** The same of one customer, as many as an answer can list: those that count come before those that don't any more. */
export async function listKeys(em: EntityManager, customerId: string) {
  const keys = await em.find(
    ApiKey,
    { issuedTo: null, customer: customerId },
    {
      populate: ['customer'],
      orderBy: [{ [raw('(revoked_at is not null or coalesce(expires_at <= now(), false))')]: 'asc' }, { id: 'desc' }],
      limit: maxRecordsPerCustomer,
    },
  );
  return keys.toSorted((one, other) => other.id.localeCompare(one.id));
}
