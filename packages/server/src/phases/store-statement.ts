// Access control, the idempotency key, the repository, the execution and the audit event are one statement: it takes one
// round trip, and concurrent stores can't interleave.
import type { Phase } from '@rsolv/shared/contract/phase';
import type { ExecutionStatus } from '@rsolv/shared/contract/phase';
import { sql, type RawBuilder } from 'kysely';
import { insertEventFrom } from '../audit/event-row.ts';
import { folded } from '../entities/folded.ts';
import { isRepository, selectAccess, type AccessRow, type AccessValues } from '../access/forge-access.ts';
import { Statement, type ValueOf } from '../database/statement.ts';
import { reserveIdempotencyKey, type IdempotencyValues } from './idempotency.ts';

/** The values of a store. The phase decides which of the optional columns are set. */
export interface StoreValues extends AccessValues, IdempotencyValues {
  readonly executionId: string;
  /** The id of the repository, where this store creates it. */
  readonly repositoryId: string;
  readonly commitSha: string;
  readonly status: ExecutionStatus;
  /** As JSON that jsonb can hold. */
  readonly data: string;
  /** As JSON, where jsonb can't hold it. */
  readonly dataText: string | null;
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
  /** The namespace and repository for the audit event, truncated if need be. */
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

/** How a statement stores. */
interface StoreOptions {
  /** Whether the store has an idempotency key. */
  readonly hasKey: boolean;
  /** Whether it updates an execution that exists. Where there is none that it may update, it does nothing. */
  readonly isUpdate: boolean;
}

/** The statement that stores a phase. */
export function storeStatement(phase: Phase, { hasKey, isUpdate }: StoreOptions): Statement<StoreValues, Row> {
  const name = `${isUpdate ? 'update' : 'store'} ${phase}${hasKey ? ' once' : ''}`;
  return new Statement(name, (kysely, value) => {
    const mayAct = sql`select customer_id, api_key_id from access where refusal is null`;
    return sql`
      with access as (${selectAccess(kysely, value)}),
      granted as (${isUpdate ? sql`${mayAct} and exists (${selectTarget(phase, value)})` : mayAct}),
      reserved as (${hasKey ? reserveIdempotencyKey(value) : sql`select`}),
      known as (
        select repositories.id from repositories, granted
        where ${isRepository(value)} and repositories.customer_id = granted.customer_id
          and last_activity_at > now() - interval '1 minute'
      ),
      seen as (
        insert into repositories (id, customer_id, forge_type, namespace, name)
        select ${value('repositoryId')}::uuid, customer_id, ${value('forge')}, ${value('namespace')}, ${value('name')}
        from granted, reserved where not exists (select from known)
        on conflict (forge_type, ${sql.raw(folded('namespace'))}, ${sql.raw(folded('name'))})
          do update set last_activity_at = excluded.last_activity_at, customer_id = excluded.customer_id
        returning id
      ),
      stored as (${isUpdate ? updateExecution(phase, value) : insertExecution(phase, value)}),
      audited as (${insertEvent(phase, value)})
      select access.*, (select id from stored) as id,
        exists (select from seen where id = ${value('repositoryId')}::uuid) as made_repository
      from access`;
  });
}

/** The execution to update, locked: of two stores at once that end it, the second finds none. */
const selectTarget = (phase: Phase, value: Value) => sql`
  select from ${executionsOf(phase)} as target, repositories
  where target.id = ${value('executionId')}::uuid and target.customer_id = access.customer_id
    and target.status in ('pending', 'running')
    and ${phase === 'scan' ? sql`true` : sql`target.issue_number = ${value('issueNumber')}::int`}
    and repositories.id = target.repository_id and ${isRepository(value)}
  for update of target`;

function updateExecution(phase: Phase, value: Value) {
  const table = executionsOf(phase);
  const {
    started_at: _started,
    branch,
    id: _id,
    customer_id: _customer,
    repository_id: _repository,
    ...columns
  } = executionColumns(phase, value);
  const values = {
    ...columns,
    started_at: sql`coalesce(${value('startedAt')}::timestamptz, ${table}.started_at,
      case when ${value('status')} <> 'pending' then now() end)`,
    ...(branch && { branch: sql`coalesce(${branch}, ${table}.branch)` }),
  };
  const assignments = Object.entries(values).map(([column, expression]) => sql`${sql.ref(column)} = ${expression}`);
  return sql`
    update ${table} set ${sql.join(assignments)} from granted, reserved
    where ${table}.id = ${value('executionId')}::uuid
    returning ${table}.id`;
}

const executionsOf = (phase: Phase) => sql.table(`${phase}_executions`);

function insertExecution(phase: Phase, value: Value) {
  const values = executionColumns(phase, value);
  return sql`
    insert into ${executionsOf(phase)} (${sql.join(Object.keys(values).map((column) => sql.ref(column)))})
    select ${sql.join(Object.values(values))}
    from granted, reserved, (select id from known union all select id from seen) as repository
    returning id`;
}

function executionColumns(phase: Phase, value: Value): Readonly<Record<string, RawBuilder<unknown>>> {
  const started = sql`${value('startedAt')}::timestamptz`;
  return {
    id: sql`${value('executionId')}::uuid`,
    customer_id: sql`granted.customer_id`,
    repository_id: sql`repository.id`,
    api_key_id: sql`granted.api_key_id`,
    commit_sha: value('commitSha'),
    status: value('status'),
    data: sql`${value('data')}::text::jsonb`,
    data_text: sql`${value('dataText')}::text`,
    data_bytes: sql`octet_length(coalesce(${value('dataText')}::text, ${value('data')}::text))`,
    started_at: sql`case ${value('status')} when 'pending' then ${started} else coalesce(${started}, now()) end`,
    completed_at: sql`case when ${value('status')} in ('completed', 'failed')
      then coalesce(${value('completedAt')}::timestamptz, now()) end`,
    error_message: value('errorMessage'),
    ...phaseColumns(phase, value),
  };
}

/** The columns that only this phase has. */
function phaseColumns(phase: Phase, value: Value): Readonly<Record<string, RawBuilder<unknown>>> {
  const issue = { issue_number: sql`${value('issueNumber')}::int` };
  switch (phase) {
    case 'scan':
      return { branch: value('branch'), vulnerabilities_count: sql`${value('vulnerabilities_count')}::int` };
    case 'validation':
      return {
        ...issue,
        validated: sql`${value('validated')}::boolean`,
        vulnerabilities_found: sql`${value('vulnerabilities_found')}::int`,
      };
    case 'mitigation':
      return {
        ...issue,
        pr_url: value('pr_url'),
        pr_number: sql`${value('pr_number')}::int`,
        files_changed: sql`${value('files_changed')}::int`,
      };
  }
}

/** The audit event of a store. A replay writes none. */
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
