import type { PageRequest } from '@rsolv/shared/contract/page';
import type { Kysely } from 'kysely';
import type { Tables } from '../database/open-database.ts';
import { byId, byText, readPage, type PageOrder } from '../database/page.ts';
import { toDate } from '../database/to-date.ts';

const order: PageOrder<{ id: string; name: string }> = {
  name: 'customers',
  direction: 'asc',
  keys: [byText('name collate "C"', ({ name }) => name), byId],
};

/** A page of all customers, by name. */
export async function listCustomers(kysely: Kysely<Tables>, request: PageRequest) {
  const query = kysely.selectFrom('customers').select(['id', 'name', 'deactivated_at', 'created_at']);
  const { rows, nextCursor } = await readPage(query, order, { ...request, customerId: null });
  const customers = rows.map(({ id, name, deactivated_at, created_at }) => ({
    id,
    name,
    deactivatedAt: toDate(deactivated_at),
    createdAt: new Date(created_at),
  }));
  return { customers, nextCursor };
}
