// Access control, the size of the newest data of each phase, and the data itself if it fits into the budget are one
// statement. Data that does not fit is not even decompressed: a column has its size.
import type { Phase } from '@rsolv/shared/contract/phase';
import { sql, type RawBuilder } from 'kysely';
import { isRepository, selectAccess, type AccessRow, type AccessValues } from '../access/forge-access.ts';
import { Statement, type ValueOf } from '../database/statement.ts';
import type { StoredData } from './data-columns.ts';

interface Values extends AccessValues {
  readonly commitSha: string;
  /** The budget for the data of all phases together. */
  readonly maxBytes: number;
}

interface Row<ByIssue> extends AccessRow {
  /** The size of all data together. Where it exceeds the budget, the data is null. */
  readonly bytes: number;
  readonly scan: StoredData | null;
  readonly validation: ByIssue | null;
  readonly mitigation: ByIssue | null;
}

/** The newest scan of the commit, and the newest validation and mitigation of the issue at any commit. */
export const selectOneIssue = new Statement<Values & { readonly issueNumber: number }, Row<StoredData>>(
  'retrieve one issue',
  (kysely, value) => {
    const newest = (phase: Phase, where: RawBuilder<unknown>) => sql`
      left join (
        select *, ${dataBytes} as bytes from ${executions(phase)} where ${inRepository} and ${where}
        order by completed_at desc, id desc limit 1
      ) as ${sql.table(phase)} on true`;
    const ofIssue = sql`issue_number = ${value('issueNumber')}`;
    const bytes = sql`(coalesce(scan.bytes, 0) + coalesce(validation.bytes, 0) + coalesce(mitigation.bytes, 0))::float8`;
    const ifWithinBudget = (data: RawBuilder<unknown>) =>
      sql`case when ${bytes} <= ${maxBytes(value)} then ${data} end`;
    return sql`
      with access as (${selectAccess(kysely, value)}), repository as (${selectRepository(value)})
      select access.*, ${bytes} as bytes,
        ${ifWithinBudget(storedData('scan'))} as scan,
        ${ifWithinBudget(storedData('validation'))} as validation,
        ${ifWithinBudget(mitigationData)} as mitigation
      from access
      ${newest('scan', sql`commit_sha = ${value('commitSha')}`)}
      ${newest('validation', ofIssue)}
      ${newest('mitigation', ofIssue)}`;
  },
);

/** The newest scan of the commit, and the newest validation and mitigation of every issue at this commit. */
export const selectEveryIssue = new Statement<Values, Row<Record<`issue-${number}`, StoredData>>>(
  'retrieve every issue',
  (kysely, value) => {
    const atCommit = sql`${inRepository} and commit_sha = ${value('commitSha')}`;
    const newest = (phase: Phase) => sql`
      select *, ${dataBytes} as bytes from (
        select distinct on (issue_number) * from ${executions(phase)}
        where ${atCommit} order by issue_number, completed_at desc, id desc
      ) as newest`;
    const ifWithinBudget = (data: RawBuilder<unknown>) =>
      sql`case when total.bytes <= ${maxBytes(value)} then (select ${data}) end`;
    const byIssue = (data: RawBuilder<unknown>) => sql`json_object_agg('issue-' || issue_number, ${data})`;
    return sql`
      with access as (${selectAccess(kysely, value)}), repository as (${selectRepository(value)}),
      scan as (
        select *, ${dataBytes} as bytes from scan_executions where ${atCommit}
        order by completed_at desc, id desc limit 1
      ),
      validation as (${newest('validation')}),
      mitigation as (${newest('mitigation')}),
      total as (
        select coalesce(sum(bytes), 0)::float8 as bytes from (
          select bytes from scan union all select bytes from validation union all select bytes from mitigation
        ) as phases
      )
      select access.*, total.bytes,
        ${ifWithinBudget(sql`${storedData('scan')} from scan`)} as scan,
        ${ifWithinBudget(sql`${byIssue(storedData('validation'))} from validation`)} as validation,
        ${ifWithinBudget(sql`${byIssue(mitigationData)} from mitigation`)} as mitigation
      from access, total`;
  },
);

/** The table of a phase. */
export const executions = (phase: Phase) => sql.table(`${phase}_executions`);

const maxBytes = (value: ValueOf<Values>) => sql`${value('maxBytes')}::float8`;

/** Selects the repository and its customer, where access is granted. */
export const selectRepository = (value: ValueOf<AccessValues>) => sql`
  select access.customer_id, repositories.id as repository_id from repositories, access
  where access.refusal is null and ${isRepository(value)}`;

/**
 * The completed executions of the customer in the repository. Scalar subqueries instead of a join let the planner read the
 * newest execution as the first entry of the index, however many there are.
 */
export const inRepository = sql`customer_id = (select customer_id from repository)
  and repository_id = (select repository_id from repository) and status = 'completed'`;

/** Executions that were stored before the column existed have to be decompressed. */
const dataBytes = sql`coalesce(data_bytes, octet_length(data::text))`;

/** See {@link StoredData}. */
const storedData = (phase: Phase) => sql`coalesce(to_jsonb(${sql.table(phase)}.data_text), ${sql.table(phase)}.data)`;

/** The data of a mitigation with its derived columns. Keys of the data take precedence. */
const mitigationData = sql`jsonb_strip_nulls(jsonb_build_object(
  'pr_url', pr_url, 'pr_number', pr_number, 'files_changed', files_changed)) || ${storedData('mitigation')}`;
