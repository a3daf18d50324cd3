import { phases, type Phase } from '@rsolv/shared/contract/phase';
import { isShortCommitId, maxCandidates, resolveCommit } from '@rsolv/shared/contract/short-commit-id';
import { sql } from 'kysely';
import {
  accessValues,
  requireAccess,
  selectAccess,
  type AccessRequest,
  type AccessRow,
  type AccessValues,
} from '../access/forge-access.ts';
import type { Database } from '../database/open-database.ts';
import { Statement } from '../database/statement.ts';
import { executions, inRepository, selectRepository } from './retrieve-statements.ts';

interface Values extends AccessValues {
  /** The abbreviated id, in lower case. */
  readonly short: string;
  /** The first abbreviated id after it, of the same length. */
  readonly next: string;
}

/** The commits that an abbreviated id may stand for, the shortest first. */
const selectCommits = new Statement<Values, AccessRow & { readonly commits: readonly string[] }>(
  'find the commits of an abbreviated id',
  (kysely, value) => {
    // The range is what an index serves, in whatever collation it has. The other conditions decide.
    const commits = (phase: Phase) => sql`
      select commit_sha from ${executions(phase)}
      where ${inRepository} and commit_sha >= ${value('short')} and commit_sha < ${value('next')}
        and starts_with(commit_sha, ${value('short')}) and commit_sha ~ '^[0-9a-f]+$'`;
    return sql`
      with access as (${selectAccess(kysely, value)}), repository as (${selectRepository(value)})
      select access.*, array(
        select commit_sha from (${sql.join(phases.map(commits), sql` union `)}) as commits
        order by length(commit_sha), commit_sha limit ${sql.lit(maxCandidates)}
      ) as commits
      from access`;
  },
);

/**
 * The commit that an abbreviated id stands for. Any other text is returned as it is, and costs no statement.
 *
 * @throws what {@link requireAccess} throws; InvalidInputError where the abbreviated id is ambiguous
 */
export async function findFullId(database: Database, request: AccessRequest, sent: string): Promise<string> {
  if (!isShortCommitId(sent)) return sent;
  const short = sent.toLowerCase();
  const [row] = await selectCommits.run(database, { ...accessValues(request), short, next: nextShortId(short) });
  const { commits } = await requireAccess(database.kysely, request, row);
  return resolveCommit(sent, commits);
}

function nextShortId(short: string): string {
  const last = short.slice(-1);
  return short.slice(0, -1) + (last === '9' ? 'a' : String.fromCodePoint(last.charCodeAt(0) + 1));
}
