// Retrieves what the phases before have stored. One statement: whether the caller may, and the newest of each phase.
import type { JsonObject } from '@rsolv/shared/json';
import { InvalidInputError } from '@rsolv/shared/platform-error';
import type { RetrieveInput, RetrieveOutput } from '@rsolv/shared/retrieve';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Caller } from '../customers/authenticate.ts';
import type { Database, Tables } from '../database.ts';
import {
  accessValues,
  isRepository,
  requireAccess,
  selectAccess,
  type AccessRow,
  type AccessValues,
} from '../forges/access.ts';
import { Statement, type ValueOf } from '../statement.ts';

type ByIssue = Record<`issue-${number}`, JsonObject>;

interface Row extends AccessRow {
  readonly bytes: number;
  readonly scan: JsonObject | null;
  readonly validation: ByIssue | null;
  readonly mitigation: ByIssue | null;
}

/** How much an answer about every issue may weigh. About a single issue, the limit of a body bounds it already. */
const maxAnswerBytes = 128 * 1024 ** 2;

/**
 * What is stored for a repository, commit and issue: the newest scan of the commit, and the newest validation and
 * mitigation of the issue at whatever commit, or of every issue at this commit where none is named.
 *
 * @throws what {@link requireAccess} throws; InvalidInputError where the answer would be too large
 */
export async function retrieve(database: Database, caller: Caller, input: RetrieveInput): Promise<RetrieveOutput> {
  const request = { caller, scope: 'phases:read', repository: input } as const;
  const { commitSha, issueNumber } = input;
  const values = { ...accessValues(request), commitSha, issueNumber };
  const [found] = await (issueNumber === null ? selectEveryIssue : selectOneIssue).run(database, values);

  const row = await requireAccess(database.kysely, request, found);
  if (row.bytes > maxAnswerBytes) throw new InvalidInputError([{ path: 'issue', message: tooLarge(row.bytes) }]);
  const { scan, validation, mitigation } = row;
  return { ...(scan && { scan }), ...(validation && { validation }), ...(mitigation && { mitigation }) };
}

interface Values extends AccessValues {
  readonly commitSha: string;
  readonly issueNumber: number | null;
}

type Value = ValueOf<Values>;

const selectOneIssue = new Statement<Values, Row>('retrieve one issue', (kysely, value) => {
  const newest = (table: Table, data: RawBuilder<unknown>) => sql`
    select issue_number, ${data} as data from ${sql.table(table)}
    where ${inPlace} and issue_number = ${value('issueNumber')}
    order by completed_at desc, id desc limit 1`;
  return selectPhases(kysely, value, { newest, bytes: sql`select 0 as bytes` });
});

const selectEveryIssue = new Statement<Values, Row>('retrieve every issue', (kysely, value) => {
  const newest = (table: Table, data: RawBuilder<unknown>) => sql`
    select distinct on (issue_number) issue_number, ${data} as data from ${sql.table(table)}
    where ${inPlace} and commit_sha = ${value('commitSha')}
    order by issue_number, completed_at desc, id desc`;
  const bytes = sql`
    select coalesce(sum(octet_length(data::text)), 0)::float8 as bytes
    from (select data from validation union all select data from mitigation) as answer`;
  return selectPhases(kysely, value, { newest, bytes });
});

type Table = 'validation_executions' | 'mitigation_executions';

interface Parts {
  /** The newest completed execution of each issue that is asked for. */
  readonly newest: (table: Table, data: RawBuilder<unknown>) => RawBuilder<unknown>;
  /** What they weigh. */
  readonly bytes: RawBuilder<unknown>;
}

const selectPhases = (kysely: Kysely<Tables>, value: Value, { newest, bytes }: Parts) => sql<Row>`
  with access as (${selectAccess(kysely, value)}),
  place as (
    select access.customer_id, repositories.id as repository_id from repositories, access
    where access.refusal is null and ${isRepository(value)}
  ),
  scan as (
    select data from scan_executions where ${inPlace} and commit_sha = ${value('commitSha')}
    order by completed_at desc, id desc limit 1
  ),
  validation as (${newest('validation_executions', sql`data`)}),
  mitigation as (${newest('mitigation_executions', mitigationData)}),
  weight as (${bytes})
  select access.*, bytes, (select data from scan) as scan, ${byIssue('validation')}, ${byIssue('mitigation')}
  from access, weight`;

/** A mitigation's data and, beside it, what was derived from it; where both have a key, what was sent wins. */
const mitigationData = sql`jsonb_strip_nulls(jsonb_build_object(
  'pr_url', pr_url, 'pr_number', pr_number, 'files_changed', files_changed)) || data`;

/**
 * Completed executions of the caller in the repository. As single values rather than a join, so that the index gives
 * them in order and the newest is its first entry, however many there are.
 */
const inPlace = sql`customer_id = (select customer_id from place)
  and repository_id = (select repository_id from place) and status = 'completed'`;

const byIssue = (phase: 'validation' | 'mitigation') => sql`
  case when bytes <= ${sql.lit(maxAnswerBytes)} then
    (select json_object_agg('issue-' || issue_number, data) from ${sql.table(phase)})
  end as ${sql.ref(phase)}`;

const tooLarge = (bytes: number) =>
  `must be given: all issues of this commit together have ${Math.round(bytes / 1024 ** 2)} MB, more than one answer can hold`;
