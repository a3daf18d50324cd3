import type { Kysely } from 'kysely';
import { isReadable, type ReadingRights } from '../access/readable-repositories.ts';
import type { Tables } from '../database/open-database.ts';
import { byId, literalId, readPage, type ListRequest, type PageOrder } from '../database/page.ts';
import { describeRepository, repositoryColumns } from './describe-repository.ts';

const newestFirst: PageOrder<{ id: string }> = { name: 'repositories', direction: 'desc', keys: [byId] };

/**
 * A page of the repositories that a customer was the last to store executions for, or of all repositories, the newest first.
 *
 * @param rights confines the list to repositories that the caller may read
 */
export async function listRepositories(kysely: Kysely<Tables>, request: ListRequest, rights: ReadingRights) {
  let query = kysely.selectFrom('repositories').select(repositoryColumns).where(isReadable(rights));
  if (request.customerId !== null) query = query.where('customer_id', '=', literalId(request.customerId));
  const { rows, nextCursor } = await readPage(query, newestFirst, request);
  return { repositories: rows.map(describeRepository), nextCursor };
}
