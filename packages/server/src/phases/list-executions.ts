import type { ExecutionFilter } from '@rsolv/shared/contract/execution';
import type { RepositoryRef } from '@rsolv/shared/contract/repository-input';
import { phases, type Phase } from '@rsolv/shared/contract/phase';
import { isShortCommitId } from '@rsolv/shared/contract/short-commit-id';
import { sql, type Kysely } from 'kysely';
import { isRepository } from '../access/forge-access.ts';
import type { ReadingRights } from '../access/readable-repositories.ts';
import type { Tables } from '../database/open-database.ts';
import { firstIdAt, literalId, readPage, type ListRequest, type PageOrder } from '../database/page.ts';
import { valueOf } from '../database/statement.ts';
import { selectExecutions, toExecution } from './select-executions.ts';

/** Ids are in order of time. */
const newestFirst: PageOrder<{ id: string }> = {
  name: 'executions',
  direction: 'desc',
  keys: [{ expression: sql.ref('executions.id'), type: 'uuid', valueOf: ({ id }) => id }],
};

/** Which page to read, of whose executions. */
export type ExecutionListRequest = Omit<ListRequest, 'filter'> & ExecutionFilter;

/**
 * A page of the executions of a customer, or of all customers, the newest first.
 *
 * @param rights confines the list to repositories that the caller may read
 */
export async function listExecutions(kysely: Kysely<Tables>, request: ExecutionListRequest, rights: ReadingRights) {
  const { repository } = request;
  return readExecutions(kysely, request, {
    rights,
    repositoryId: repository && ((await findRepositoryId(kysely, repository)) ?? noRepository),
  });
}

/** No row has it. */
const noRepository = '00000000-0000-0000-0000-000000000000';

async function findRepositoryId(kysely: Kysely<Tables>, repository: RepositoryRef): Promise<string | undefined> {
  const found = await kysely
    .selectFrom('repositories')
    .select('repositories.id')
    .where(isRepository(valueOf(repository)))
    .executeTakeFirst();
  return found?.id;
}

interface Confinement {
  readonly rights: ReadingRights;
  /** The id of the repository that the request names. */
  readonly repositoryId: string | undefined;
}

/** {@link listExecutions} with the repository as an id, so that the planner knows how many executions it has. */
export async function readExecutions(
  kysely: Kysely<Tables>,
  request: ExecutionListRequest,
  { rights, repositoryId }: Confinement,
) {
  const { limit, cursor, customerId, ...filter } = request;
  const { issue, commit, branch, status, since, until } = filter;
  let query = selectExecutions(kysely, phasesOf(filter), rights);
  if (customerId !== null) query = query.where('executions.customer_id', '=', literalId(customerId));
  if (repositoryId !== undefined) query = query.where('executions.repository_id', '=', literalId(repositoryId));
  if (issue !== undefined) query = query.where('issue_number', '=', issue);
  if (commit !== undefined) query = query.where(isCommit(commit));
  if (branch !== undefined) query = query.where('branch', '=', branch);
  if (status !== undefined) query = query.where('status', '=', sql.lit(status));
  if (since !== undefined) query = query.where('executions.id', '>=', firstIdAt(since.at));
  if (until !== undefined) query = query.where('executions.id', '<', firstIdAt(until.at));
  const { rows, nextCursor } = await readPage(query, newestFirst, {
    limit,
    cursor,
    customerId,
    filter: { ...filter, since: since?.canonical, until: until?.canonical },
  });
  return { executions: rows.map(toExecution), nextCursor };
}

/** Also the commits that an abbreviated id may stand for: a list may hold several. */
const isCommit = (commit: string) =>
  isShortCommitId(commit)
    ? sql<boolean>`(commit_sha = ${commit} or starts_with(commit_sha, ${commit.toLowerCase()}))`
    : sql<boolean>`commit_sha = ${commit}`;

/** The phases whose executions a filter can match: scans have no issue, and only scans have a branch. */
function phasesOf({ phase, issue, branch }: ExecutionFilter): readonly Phase[] {
  const matching = phases.filter(
    (each) =>
      (phase ?? each) === each && (issue === undefined || each !== 'scan') && (branch === undefined || each === 'scan'),
  );
  // A filter that matches nothing still needs a table to read nothing from.
  return matching.length > 0 ? matching : [phase ?? 'scan'];
}
