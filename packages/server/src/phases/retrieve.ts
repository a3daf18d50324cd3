// Retrieves what the phases before have stored. One statement: whether the caller may, and the newest of each phase.
import type { JsonObject } from '@rsolv/shared/json';
import { InvalidInputError } from '@rsolv/shared/platform-error';
import type { RetrieveInput, RetrieveOutput } from '@rsolv/shared/retrieve';
import { sql, type RawBuilder } from 'kysely';
import type { Caller } from '../customers/authenticate.ts';
import type { Database } from '../database.ts';
import {
  accessValues,
  isRepository,
  requireAccess,
  selectAccess,
  type AccessRow,
  type AccessValues,
} from '../forges/access.ts';
import { Statement, type ValueOf } from '../statement.ts';

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
  const values = { ...accessValues(request), commitSha: input.commitSha };
  if (input.issueNumber === null) {
    const [found] = await selectEveryIssue.read(database, values);
    const { scan, validation, mitigation, bytes } = await requireAccess(database.kysely, request, found);
    if (bytes > maxAnswerBytes) throw new InvalidInputError([{ path: 'issue', message: tooLarge(bytes) }]);
    return { ...(scan && { scan }), ...(validation && { validation }), ...(mitigation && { mitigation }) };
  }
  const { issueNumber } = input;
  const [found] = await selectOneIssue.read(database, { ...values, issueNumber });
  const { scan, validation, mitigation } = await requireAccess(database.kysely, request, found);
  return {
    ...(scan && { scan }),
    ...(validation && { validation: { [`issue-${issueNumber}`]: validation } }),
    ...(mitigation && { mitigation: { [`issue-${issueNumber}`]: mitigation } }),
  };
}

interface Values extends AccessValues {
  readonly commitSha: string;
}

interface Found<OfIssues> extends AccessRow {
  readonly scan: JsonObject | null;
  readonly validation: OfIssues | null;
  readonly mitigation: OfIssues | null;
}

interface EveryIssue extends Found<Record<`issue-${number}`, JsonObject>> {
  /** What validations and mitigations weigh together; where that is too much, they are null. */
  readonly bytes: number;
}

const selectOneIssue = new Statement<Values & { readonly issueNumber: number }, Found<JsonObject>>(
  'retrieve one issue',
  (kysely, value) => {
    const newest = (table: Table, data: RawBuilder<unknown>) => sql`(
      select ${data} from ${sql.table(table)}
      where ${inPlace} and issue_number = ${value('issueNumber')}
      order by completed_at desc, id desc limit 1)`;
    return sql`
      with access as (${selectAccess(kysely, value)}), place as (${selectPlace(value)})
      select access.*, ${newestScan(value)} as scan,
        ${newest('validation_executions', sql`data`)} as validation,
        ${newest('mitigation_executions', mitigationData)} as mitigation
      from access`;
  },
);

const selectEveryIssue = new Statement<Values, EveryIssue>('retrieve every issue', (kysely, value) => {
  const newest = (table: Table, data: RawBuilder<unknown>) => sql`
    select distinct on (issue_number) issue_number, ${data} as data from ${sql.table(table)}
    where ${inPlace} and commit_sha = ${value('commitSha')}
    order by issue_number, completed_at desc, id desc`;
  return sql`
    with access as (${selectAccess(kysely, value)}), place as (${selectPlace(value)}),
    validation as (${newest('validation_executions', sql`data`)}),
    mitigation as (${newest('mitigation_executions', mitigationData)}),
    weight as (
      select coalesce(sum(octet_length(data::text)), 0)::float8 as bytes
      from (select data from validation union all select data from mitigation) as answer
    )
    select access.*, bytes, ${newestScan(value)} as scan,
      ${byIssue('validation')} as validation, ${byIssue('mitigation')} as mitigation
    from access, weight`;
});

type Table = 'validation_executions' | 'mitigation_executions';

const selectPlace = (value: ValueOf<Values>) => sql`
  select access.customer_id, repositories.id as repository_id from repositories, access
  where access.refusal is null and ${isRepository(value)}`;

const newestScan = (value: ValueOf<Values>) => sql`(
  select data from scan_executions where ${inPlace} and commit_sha = ${value('commitSha')}
  order by completed_at desc, id desc limit 1)`;

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
  end`;

const tooLarge = (bytes: number) =>
  `must be given: all issues of this commit together have ${Math.round(bytes / 1024 ** 2)} MB, more than one answer can hold`;
