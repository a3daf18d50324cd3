// The executions of all phases as one set of rows. Each phase has a table of its own with the same index, so PostgreSQL merges
// the newest of each without a sort.
import type { ExecutionOutput } from '@rsolv/shared/contract/execution';
import { stateOf } from '@rsolv/shared/contract/execution-state';
import type { ExecutionStatus, Phase } from '@rsolv/shared/contract/phase';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { isReadable, type ReadingRights } from '../access/readable-repositories.ts';
import type { Tables } from '../database/open-database.ts';
import { toDate } from '../database/to-date.ts';

/** What the phases do not have in common; a column that a phase lacks is null. */
const ownColumns = {
  scan: { branch: 'branch', vulnerabilities_count: 'vulnerabilities_count' },
  validation: { issue_number: 'issue_number', validated: 'validated' },
  mitigation: { issue_number: 'issue_number', pr_url: 'pr_url', files_changed: 'files_changed' },
} as const satisfies Record<Phase, Readonly<Record<string, string>>>;

/** Every such column with its type. */
const optionalColumns = {
  branch: 'text',
  issue_number: 'int',
  vulnerabilities_count: 'int',
  validated: 'bool',
  pr_url: 'text',
  files_changed: 'int',
} as const;

/** The columns of {@link selectExecutions}' source, for conditions. */
export interface ExecutionColumns {
  readonly id: string;
  readonly customer_id: string;
  readonly repository_id: string;
  readonly phase: Phase;
  readonly commit_sha: string;
  readonly branch: string | null;
  readonly issue_number: number | null;
  readonly status: ExecutionStatus;
  readonly started_at: Date | string | null;
  readonly created_at: Date | string;
}

interface SelectedColumns extends ExecutionColumns {
  readonly api_key_id: string | null;
  readonly completed_at: Date | string | null;
  readonly error_message: string | null;
  readonly data_bytes: number | null;
  readonly vulnerabilities_count: number | null;
  readonly validated: boolean | null;
  readonly pr_url: string | null;
  readonly files_changed: number | null;
}

/** How executions are shown. */
export interface ExecutionView {
  /** Confines them to repositories that the caller may read. */
  readonly rights: ReadingRights;
  /** How long an execution may be pending or running before it is stale. */
  readonly staleAfterMs: number;
}

/**
 * Selects from the tables of these phases, with the repository and the API key, what {@link toExecution} needs. Whether the
 * caller may read the repository is a scalar subquery: the planner would join with a condition, and sort all rows for a page.
 */
export function selectExecutions(kysely: Kysely<Tables>, phases: readonly Phase[], rights: ReadingRights) {
  const source = sql<SelectedColumns>`(${sql.join(phases.map(selectPhase), sql` union all `)})`;
  return kysely
    .selectFrom(source.as('executions'))
    .innerJoin('repositories', 'repositories.id', 'executions.repository_id')
    .leftJoin('api_keys', 'api_keys.id', 'executions.api_key_id')
    .selectAll('executions')
    .select(['repositories.forge_type', 'repositories.full_path', 'api_keys.name as api_key_name'])
    .where(
      sql<boolean>`(select ${isReadable(rights)} from repositories where repositories.id = executions.repository_id)`,
    );
}

function selectPhase(phase: Phase): RawBuilder<unknown> {
  const own: Readonly<Record<string, string>> = ownColumns[phase];
  const optional = Object.entries(optionalColumns).map(([column, type]) =>
    own[column] === undefined ? sql`null::${sql.raw(type)} as ${sql.ref(column)}` : sql.ref(column),
  );
  return sql`select id, customer_id, repository_id, api_key_id, ${sql.lit(phase)}::text as phase, commit_sha, status,
    started_at, completed_at, created_at, error_message, data_bytes, ${sql.join(optional)}
    from ${sql.table(`${phase}_executions`)}`;
}

interface Row extends SelectedColumns {
  readonly forge_type: ExecutionOutput['repository']['forge'];
  readonly full_path: string;
  readonly api_key_name: string | null;
}

/**
 * A row of {@link selectExecutions} as the platform's responses have it.
 *
 * @param staleAfterMs how long an execution may be pending or running before it is stale
 */
export function toExecution(row: Row, staleAfterMs: number): ExecutionOutput {
  const startedAt = toDate(row.started_at);
  const createdAt = new Date(row.created_at);
  return {
    id: row.id,
    phase: row.phase,
    repository: { id: row.repository_id, forge: row.forge_type, repo: row.full_path },
    commitSha: row.commit_sha,
    branch: row.branch,
    issueNumber: row.issue_number,
    ...stateOf({ status: row.status, startedAt, createdAt, errorMessage: row.error_message }, staleAfterMs),
    startedAt,
    completedAt: toDate(row.completed_at),
    createdAt,
    dataBytes: row.data_bytes,
    apiKey:
      row.api_key_id === null || row.api_key_name === null ? null : { id: row.api_key_id, name: row.api_key_name },
    vulnerabilitiesCount: row.vulnerabilities_count,
    validated: row.validated,
    pullRequestUrl: row.pr_url,
    filesChanged: row.files_changed,
  };
}
