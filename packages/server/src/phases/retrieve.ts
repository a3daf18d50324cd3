// Retrieves what the phases before have stored. One statement: whether the caller may, and the newest of each phase.
import type { JsonObject } from '@rsolv/shared/json';
import { InvalidInputError } from '@rsolv/shared/platform-error';
import type { RetrieveInput, RetrieveOutput } from '@rsolv/shared/retrieve';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Caller } from '../customers/authenticate.ts';
import type { Tables } from '../database.ts';
import { isRepository, requireAccess, selectAccess, type AccessRow } from '../forges/access.ts';

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
export async function retrieve(kysely: Kysely<Tables>, caller: Caller, input: RetrieveInput): Promise<RetrieveOutput> {
  const request = { caller, scope: 'phases:read', repository: input } as const;
  const { rows } = await sql<Row>`
    with access as (${selectAccess(kysely, request)}),
    place as (
      select access.customer_id, repositories.id as repository_id from repositories, access
      where access.refusal is null and ${isRepository(input)}
    ),
    scan as (
      select data from scan_executions where ${inPlace} and commit_sha = ${input.commitSha}
      order by completed_at desc, id desc limit 1
    ),
    validation as (${selectNewest('validation_executions', sql`data`, input)}),
    mitigation as (${selectNewest('mitigation_executions', mitigationData, input)}),
    weight as (${input.issueNumber === null ? sumBytes : sql`select 0 as bytes`})
    select access.*, bytes, (select data from scan) as scan, ${byIssue('validation')}, ${byIssue('mitigation')}
    from access, weight`.execute(kysely);

  const row = await requireAccess(kysely, request, rows[0]);
  if (row.bytes > maxAnswerBytes) throw new InvalidInputError([{ path: 'issue', message: tooLarge(row.bytes) }]);
  const { scan, validation, mitigation } = row;
  return { ...(scan && { scan }), ...(validation && { validation }), ...(mitigation && { mitigation }) };
}

/** A mitigation's data and, beside it, what was derived from it; where both have a key, what was sent wins. */
const mitigationData = sql`jsonb_strip_nulls(jsonb_build_object(
  'pr_url', pr_url, 'pr_number', pr_number, 'files_changed', files_changed)) || data`;

/**
 * Completed executions of the caller in the repository. As single values rather than a join, so that the index gives
 * them in order and the newest is its first entry, however many there are.
 */
const inPlace = sql`customer_id = (select customer_id from place)
  and repository_id = (select repository_id from place) and status = 'completed'`;

/** The newest completed execution of the issue asked for, or else of each issue that has one at the commit. */
function selectNewest(
  table: 'validation_executions' | 'mitigation_executions',
  data: RawBuilder<unknown>,
  { issueNumber, commitSha }: RetrieveInput,
) {
  const executions = sql`from ${sql.table(table)} where ${inPlace}`;
  return issueNumber === null
    ? sql`
      select distinct on (issue_number) issue_number, ${data} as data ${executions} and commit_sha = ${commitSha}
      order by issue_number, completed_at desc, id desc`
    : sql`
      select issue_number, ${data} as data ${executions} and issue_number = ${issueNumber}
      order by completed_at desc, id desc limit 1`;
}

const sumBytes = sql`
  select coalesce(sum(octet_length(data::text)), 0)::float8 as bytes
  from (select data from validation union all select data from mitigation) as answer`;

const byIssue = (phase: 'validation' | 'mitigation') => sql`
  case when bytes <= ${maxAnswerBytes} then
    (select json_object_agg('issue-' || issue_number, data) from ${sql.table(phase)})
  end as ${sql.ref(phase)}`;

const tooLarge = (bytes: number) =>
  `must be given: all issues of this commit together have ${Math.round(bytes / 1024 ** 2)} MB, more than one answer can hold`;
