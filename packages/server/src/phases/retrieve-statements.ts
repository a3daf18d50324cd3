// Whether the caller may, what the newest of each phase weighs and, where there is room for that, the data itself are one
// statement. What is too large is not even unpacked: its size is in a column of its own.
import type { JsonObject } from '@rsolv/shared/json/json';
import type { Phase } from '@rsolv/shared/contract/phase';
import { sql, type RawBuilder } from 'kysely';
import { isRepository, selectAccess, type AccessRow, type AccessValues } from '../access/forge-access.ts';
import { Statement, type ValueOf } from '../database/statement.ts';

interface Values extends AccessValues {
  readonly commitSha: string;
  /** What the data may weigh together. */
  readonly roomBytes: number;
}

interface Found<OfIssues> extends AccessRow {
  /** What the data weighs; where there is no room for that, it is null. */
  readonly bytes: number;
  readonly scan: JsonObject | null;
  readonly validation: OfIssues | null;
  readonly mitigation: OfIssues | null;
}

/** The newest scan of the commit, and the newest validation and mitigation of the issue at whatever commit. */
export const selectOneIssue = new Statement<Values & { readonly issueNumber: number }, Found<JsonObject>>(
  'retrieve one issue',
  (kysely, value) => {
    const newest = (phase: Phase, where: RawBuilder<unknown>) => sql`
      left join (
        select *, ${weight} as bytes from ${executions(phase)} where ${inPlace} and ${where}
        order by completed_at desc, id desc limit 1
      ) as ${sql.table(phase)} on true`;
    const ofIssue = sql`issue_number = ${value('issueNumber')}`;
    const bytes = sql`(coalesce(scan.bytes, 0) + coalesce(validation.bytes, 0) + coalesce(mitigation.bytes, 0))::float8`;
    const whereItFits = (data: RawBuilder<unknown>) => sql`case when ${bytes} <= ${roomBytes(value)} then ${data} end`;
    return sql`
      with access as (${selectAccess(kysely, value)}), place as (${selectPlace(value)})
      select access.*, ${bytes} as bytes,
        ${whereItFits(sql`scan.data`)} as scan,
        ${whereItFits(sql`validation.data`)} as validation,
        ${whereItFits(mitigationData)} as mitigation
      from access
      ${newest('scan', sql`commit_sha = ${value('commitSha')}`)}
      ${newest('validation', ofIssue)}
      ${newest('mitigation', ofIssue)}`;
  },
);

/** The newest scan of the commit, and the newest validation and mitigation of every issue at this commit. */
export const selectEveryIssue = new Statement<Values, Found<Record<`issue-${number}`, JsonObject>>>(
  'retrieve every issue',
  (kysely, value) => {
    const atCommit = sql`${inPlace} and commit_sha = ${value('commitSha')}`;
    const newest = (phase: Phase) => sql`
      select *, ${weight} as bytes from (
        select distinct on (issue_number) * from ${executions(phase)}
        where ${atCommit} order by issue_number, completed_at desc, id desc
      ) as newest`;
    const whereItFits = (data: RawBuilder<unknown>) =>
      sql`case when weight.bytes <= ${roomBytes(value)} then (select ${data}) end`;
    const byIssue = (data: RawBuilder<unknown>) => sql`json_object_agg('issue-' || issue_number, ${data})`;
    return sql`
      with access as (${selectAccess(kysely, value)}), place as (${selectPlace(value)}),
      scan as (
        select *, ${weight} as bytes from scan_executions where ${atCommit}
        order by completed_at desc, id desc limit 1
      ),
      validation as (${newest('validation')}),
      mitigation as (${newest('mitigation')}),
      weight as (
        select coalesce(sum(bytes), 0)::float8 as bytes from (
          select bytes from scan union all select bytes from validation union all select bytes from mitigation
        ) as found
      )
      select access.*, weight.bytes,
        ${whereItFits(sql`data from scan`)} as scan,
        ${whereItFits(sql`${byIssue(sql`validation.data`)} from validation`)} as validation,
        ${whereItFits(sql`${byIssue(mitigationData)} from mitigation`)} as mitigation
      from access, weight`;
  },
);

const executions = (phase: Phase) => sql.table(`${phase}_executions`);

const roomBytes = (value: ValueOf<Values>) => sql`${value('roomBytes')}::float8`;

const selectPlace = (value: ValueOf<Values>) => sql`
  select access.customer_id, repositories.id as repository_id from repositories, access
  where access.refusal is null and ${isRepository(value)}`;

/**
 * Completed executions of the caller in the repository. As single values rather than a join, so that the index gives
 * them in order and the newest is its first entry, however many there are.
 */
const inPlace = sql`customer_id = (select customer_id from place)
  and repository_id = (select repository_id from place) and status = 'completed'`;

/** What was stored before there was the column has to be unpacked. */
const weight = sql`coalesce(data_bytes, octet_length(data::text))`;

/** A mitigation's data and, beside it, what was derived from it; where both have a key, what was sent wins. */
const mitigationData = sql`jsonb_strip_nulls(jsonb_build_object(
  'pr_url', pr_url, 'pr_number', pr_number, 'files_changed', files_changed)) || mitigation.data`;
