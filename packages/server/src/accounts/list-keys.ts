import { sql, type Kysely } from 'kysely';
import type { Tables } from '../database/open-database.ts';
import { byId, literalId, readPage, type ListRequest, type PageOrder } from '../database/page.ts';
import { toDate } from '../database/to-date.ts';

const newestFirst: PageOrder<{ id: string }> = { name: 'keys', direction: 'desc', keys: [byId] };

interface KeysRequest extends ListRequest {
  /** Only keys that are neither revoked nor expired. */
  readonly isActive?: boolean;
}

/**
 * A page of the API keys of a customer, or of all customers, the newest first. It omits the keys of workflows, which are
 * issued and expire by themselves.
 */
export async function listKeys(kysely: Kysely<Tables>, { isActive = false, ...request }: KeysRequest) {
  let query = kysely
    .selectFrom('api_keys')
    .select(['id', 'customer_id', 'name', 'last_four', 'scopes', 'repositories', 'rotated_from'])
    .select(['created_at', 'expires_at', 'last_used_at', 'revoked_at'])
    .where('issued_to', 'is', null);
  if (request.customerId !== null) query = query.where('customer_id', '=', literalId(request.customerId));
  if (isActive) {
    query = query.where('revoked_at', 'is', null).where(sql<boolean>`(expires_at is null or expires_at > now())`);
  }
  const { rows, nextCursor } = await readPage(query, newestFirst, { ...request, filter: isActive ? { isActive } : {} });
  const keys = rows.map((row) => ({
    id: row.id,
    customerId: row.customer_id,
    name: row.name,
    lastFour: row.last_four,
    scopes: row.scopes,
    repositories: row.repositories,
    rotatedFrom: row.rotated_from,
    createdAt: new Date(row.created_at),
    expiresAt: toDate(row.expires_at),
    lastUsedAt: toDate(row.last_used_at),
    revokedAt: toDate(row.revoked_at),
  }));
  return { keys, nextCursor };
}
