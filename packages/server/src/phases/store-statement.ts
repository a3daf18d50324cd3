// Whether the caller may, whether it was stored before under the same idempotency key, which repository it is, the
// execution itself and the event that tells of it are one statement: one round trip, and no moment in between for two
// stores to get in each other's way.
import type { Phase } from '@rsolv/shared/contract/phase';
import type { ExecutionStatus } from '@rsolv/shared/contract/phase';
import { sql, type RawBuilder } from 'kysely';
import { insertEventFrom } from '../audit/event-row.ts';
import type { Tables } from '../database/open-database.ts';
import { folded } from '../entities/folded.ts';
import { isRepository, selectAccess, type AccessRow, type AccessValues } from '../access/forge-access.ts';
import { Statement, type ValueOf } from '../database/statement.ts';
import { reserveIdempotencyKey, type IdempotencyValues } from './idempotency.ts';

/** What a store writes. Which of the phases' own columns it has, the phase says. */
export interface StoreValues extends AccessValues, IdempotencyValues {
  readonly executionId: string;
  /** For the repository, where it has none yet. */
  readonly repositoryId: string;
  readonly commitSha: string;
  readonly status: ExecutionStatus;
  /** As JSON. */
  readonly data: string;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly errorMessage: string | null;
  readonly issueNumber: number | null;
  readonly branch: string | null;
  readonly vulnerabilities_count?: number | null;
  readonly validated?: boolean | null;
  readonly vulnerabilities_found?: number | null;
  readonly pr_url?: string | null;
  readonly pr_number?: number | null;
  readonly files_changed?: number | null;
  readonly eventId: string;
  readonly occurredAt: Date;
  readonly actor: string;
  /** As an event may tell them. */
  readonly auditNamespace: string | null;
  readonly auditRepository: string | null;
  readonly requestId: string;
  readonly address: string | null;
}

interface Row extends AccessRow {
  /** Null where nothing was stored. */
  readonly id: string | null;
  readonly made_repository: boolean;
}

type Value = ValueOf<StoreValues>;

/** The statement of a phase, for stores with an idempotency key or without one. */
export function storeStatement(phase: Phase, isKeyed: boolean): Statement<StoreValues, Row> {
  return new Statement(`store ${phase}${isKeyed ? ' once' : ''}`, (kysely, value) => {
    return sql`
      with access as (${selectAccess(kysely, value)}),
      granted as (select customer_id, api_key_id from access where refusal is null),
      claimed as (${isKeyed ? reserveIdempotencyKey(value) : sql`select`}),
      known as (
        select repositories.id from repositories, granted
        where ${isRepository(value)} and repositories.customer_id = granted.customer_id
          and last_activity_at > now() - interval '1 minute'
      ),
      seen as (
        insert into repositories (id, customer_id, forge_type, namespace, name)
        select ${value('repositoryId')}::uuid, customer_id, ${value('forge')}, ${value('namespace')}, ${value('name')}
        from granted, claimed where not exists (select from known)
        on conflict (forge_type, ${sql.raw(folded('namespace'))}, ${sql.raw(folded('name'))})
          do update set last_activity_at = excluded.last_activity_at, customer_id = excluded.customer_id
        returning id
      ),
      stored as (${insertExecution(phase, value)}),
      audited as (${insertEvent(phase, value)})
      select access.*, (select id from stored) as id,
        exists (select from seen where id = ${value('repositoryId')}::uuid) as made_repository
      from access`;
  });
}

function insertExecution(phase: Phase, value: Value) {
  const { table, columns } = phaseColumns(phase, value);
  const started = sql`${value('startedAt')}::timestamptz`;
  const values = {
    id: sql`${value('executionId')}::uuid`,
    customer_id: sql`granted.customer_id`,
    repository_id: sql`repository.id`,
    api_key_id: sql`granted.api_key_id`,
    commit_sha: value('commitSha'),
    status: value('status'),
    data: sql`${value('data')}::text::jsonb`,
    data_bytes: sql`octet_length(${value('data')}::text)`,
    started_at: sql`case ${value('status')} when 'pending' then ${started} else coalesce(${started}, now()) end`,
    completed_at: sql`case when ${value('status')} in ('completed', 'failed')
      then coalesce(${value('completedAt')}::timestamptz, now()) end`,
    error_message: value('errorMessage'),
    ...columns,
  };
  return sql`
    insert into ${sql.table(table)} (${sql.join(Object.keys(values).map((column) => sql.ref(column)))})
    select ${sql.join(Object.values(values))}
    from granted, claimed, (select id from known union all select id from seen) as repository
    returning id`;
}

/** The table of a phase, and what it keeps beside the columns that all have. */
function phaseColumns(
  phase: Phase,
  value: Value,
): { table: keyof Tables; columns: Record<string, RawBuilder<unknown>> } {
  switch (phase) {
    case 'scan':
      return {
        table: 'scan_executions',
        columns: { branch: value('branch'), vulnerabilities_count: sql`${value('vulnerabilities_count')}::int` },
      };
    case 'validation':
      return {
        table: 'validation_executions',
        columns: {
          issue_number: sql`${value('issueNumber')}::int`,
          validated: sql`${value('validated')}::boolean`,
          vulnerabilities_found: sql`${value('vulnerabilities_found')}::int`,
        },
      };
    case 'mitigation':
      return {
        table: 'mitigation_executions',
        columns: {
          issue_number: sql`${value('issueNumber')}::int`,
          pr_url: value('pr_url'),
          pr_number: sql`${value('pr_number')}::int`,
          files_changed: sql`${value('files_changed')}::int`,
        },
      };
  }
}

/** The event of a store that stores something; one that is a replay writes none. */
const insertEvent = (phase: Phase, value: Value) =>
  insertEventFrom(
    {
      id: sql`${value('eventId')}::uuid`,
      occurred_at: sql`${value('occurredAt')}::timestamptz`,
      actor: value('actor'),
      customer_id: sql`granted.customer_id`,
      api_key_id: sql`granted.api_key_id`,
      action: sql`'phase.store'`,
      outcome: sql`'allowed'`,
      forge_type: value('forge'),
      namespace: value('auditNamespace'),
      repository: value('auditRepository'),
      issue_number: sql`${value('issueNumber')}::int`,
      phase: sql.lit(phase),
      target_id: sql`stored.id`,
      request_id: value('requestId'),
      address: value('address'),
    },
    sql`granted, stored`,
  );
