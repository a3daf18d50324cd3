import type { ExecutionFilter } from '@rsolv/shared/contract/execution';
import type { ExecutionState } from '@rsolv/shared/contract/execution-state';
import { phases, type Phase } from '@rsolv/shared/contract/phase';
import { isShortCommitId } from '@rsolv/shared/contract/short-commit-id';
import { sql, type Kysely } from 'kysely';
import { findRepositoryId } from '../accounts/find-repository-id.ts';
import type { Tables } from '../database/open-database.ts';
import { firstIdAt, literalId, readPage, type ListRequest, type PageOrder } from '../database/page.ts';
import { selectExecutions, toExecution, type ExecutionView } from './select-executions.ts';

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
 */
export async function listExecutions(kysely: Kysely<Tables>, request: ExecutionListRequest, view: ExecutionView) {
  const { repository } = request;
  return readExecutions(kysely, request, {
    ...view,
    repositoryId: repository && ((await findRepositoryId(kysely, repository)) ?? noRepository),
  });
}

/** No row has it. */
const noRepository = '00000000-0000-0000-0000-000000000000';

interface Confinement extends ExecutionView {
  /** The id of the repository that the request names. */
  readonly repositoryId: string | undefined;
}

/** {@link listExecutions} with the repository as an id, so that the planner knows how many executions it has. */
export async function readExecutions(
  kysely: Kysely<Tables>,
  request: ExecutionListRequest,
  { rights, staleAfterMs, repositoryId }: Confinement,
) {
  const { limit, cursor, customerId, ...filter } = request;
  const { issue, commit, branch, status, since, until } = filter;
  let query = selectExecutions(kysely, phasesOf(filter), rights);
  if (customerId !== null) query = query.where('executions.customer_id', '=', literalId(customerId));
  if (repositoryId !== undefined) query = query.where('executions.repository_id', '=', literalId(repositoryId));
  if (issue !== undefined) query = query.where('issue_number', '=', issue);
  if (commit !== undefined) query = query.where(isCommit(commit));
  if (branch !== undefined) query = query.where('branch', '=', branch);
  if (status !== undefined) query = query.where(hasState(status, staleAfterMs));
  if (since !== undefined) query = query.where('executions.id', '>=', firstIdAt(since.at));
  if (until !== undefined) query = query.where('executions.id', '<', firstIdAt(until.at));
  const { rows, nextCursor } = await readPage(query, newestFirst, {
    limit,
    cursor,
    customerId,
    filter: { ...filter, since: since?.canonical, until: until?.canonical },
  });
  return { executions: rows.map((row) => toExecution(row, staleAfterMs)), nextCursor };
}

/** The condition for what {@link toExecution} shows with a state. */
function hasState(state: ExecutionState, staleAfterMs: number) {
  const isOpen = sql`status in ('pending', 'running')`;
  const isOld = sql`coalesce(started_at, executions.created_at) < ${new Date(Date.now() - staleAfterMs)}::timestamptz`;
  if (state === 'stale') return sql<boolean>`(${isOpen} and ${isOld})`;
  const hasStatus = sql<boolean>`status = ${sql.lit(state)}`;
  return state === 'pending' || state === 'running' ? sql<boolean>`(${hasStatus} and not ${isOld})` : hasStatus;
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
