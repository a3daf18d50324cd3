import type { RepositoryOutput } from '@rsolv/shared/contract/repository';
import type { Kysely } from 'kysely';
import { isReadable, type ReadingRights } from '../access/readable-repositories.ts';
import type { Tables } from '../database/open-database.ts';
import { byId, literalId, readPage, type ListRequest, type PageOrder } from '../database/page.ts';

const newestFirst: PageOrder<{ id: string }> = { name: 'repositories', direction: 'desc', keys: [byId] };

/**
 * A page of the repositories that a customer was the last to store executions for, or of all repositories, the newest first.
 *
 * @param rights confines the list to repositories that the caller may read
 */
export async function listRepositories(kysely: Kysely<Tables>, request: ListRequest, rights: ReadingRights) {
  let query = kysely
    .selectFrom('repositories')
    .select(['id', 'forge_type', 'full_path', 'first_seen_at', 'last_activity_at'])
    .where(isReadable(rights));
  if (request.customerId !== null) query = query.where('customer_id', '=', literalId(request.customerId));
  const { rows, nextCursor } = await readPage(query, newestFirst, request);
  const repositories = rows.map((row): RepositoryOutput => ({
    id: row.id,
    forge: row.forge_type,
    repo: row.full_path,
    firstSeenAt: new Date(row.first_seen_at),
    lastActivityAt: new Date(row.last_activity_at),
  }));
  return { repositories, nextCursor };
}
