import type { Kysely } from 'kysely';
import type { Tables } from '../database/open-database.ts';
import { byId, byText, literalId, readPage, type ListRequest, type PageOrder } from '../database/page.ts';
import { toDate } from '../database/to-date.ts';

const byNamespace: PageOrder<{ id: string; namespace: string }> = {
  name: 'forge-accounts',
  direction: 'asc',
  keys: [byText('namespace collate "C"', ({ namespace }) => namespace), byId],
};

/** A page of the forge accounts of a customer, or of all customers, by namespace. */
export async function listForgeAccounts(kysely: Kysely<Tables>, request: ListRequest) {
  let query = kysely
    .selectFrom('forge_accounts')
    .select(['id', 'customer_id', 'forge_type', 'namespace', 'verified_at', 'verified_by', 'owner_id', 'issuer']);
  if (request.customerId !== null) query = query.where('customer_id', '=', literalId(request.customerId));
  const { rows, nextCursor } = await readPage(query, byNamespace, request);
  const forgeAccounts = rows.map((row) => ({
    id: row.id,
    customerId: row.customer_id,
    forgeType: row.forge_type,
    namespace: row.namespace,
    verifiedAt: toDate(row.verified_at),
    verifiedBy: row.verified_by,
    ownerId: row.owner_id,
    issuer: row.issuer,
  }));
  return { forgeAccounts, nextCursor };
}
