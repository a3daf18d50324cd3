// Stores one phase's result. Whether the caller may, whether it was stored before under the same idempotency key, which
// repository it is, the execution itself and the event that tells of it are one statement: one round trip, and no moment in between for two stores
// to get in each other's way.
import { deriveMitigationColumns, deriveScanColumns, deriveValidationColumns } from '@rsolv/shared/derive-columns';
import type { StoreInput, StoreOutput } from '@rsolv/shared/store';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { v7 } from 'uuid';
import { eventRow, insertEventFrom, type AuditTarget } from '../audit/event-row.ts';
import { actorOf, type Caller } from '../customers/authenticate.ts';
import type { Tables } from '../database.ts';
import { folded } from '../entities/folded.ts';
import { isRepository, requireAccess, selectAccess, type AccessRow } from '../forges/access.ts';
import { claimKey, recallExecution, rethrowInFlight } from './idempotency.ts';

/** What a store answers, and whether it did so before. */
interface StoreResult extends StoreOutput {
  readonly isReplay: boolean;
}

interface Row extends AccessRow {
  /** Null where nothing was stored. */
  readonly id: string | null;
}

/**
 * Stores a phase's result as a new execution; makes the repository on its first use. The same store under the same
 * idempotency key is stored once.
 *
 * @throws what {@link requireAccess} throws, IdempotencyKeyReusedError, StoreInFlightError; nothing was stored then
 */
export async function store(kysely: Kysely<Tables>, caller: Caller, input: StoreInput): Promise<StoreResult> {
  const request = { caller, scope: 'phases:write', repository: input } as const;
  const id = v7();
  const { rows } = await sql<Row>`
    with access as (${selectAccess(kysely, request)}),
    granted as (select customer_id, api_key_id from access where refusal is null),
    claimed as (${claimKey(id, input)}),
    known as (select repositories.id from repositories, granted where ${isRepository(input)}),
    created as (
      insert into repositories (id, customer_id, forge_type, namespace, name)
      select ${v7()}::uuid, customer_id, ${input.forge}, ${input.namespace}, ${input.name}
      from granted, claimed where not exists (select from known)
      on conflict (forge_type, ${sql.raw(folded('namespace'))}, ${sql.raw(folded('name'))})
        do update set last_activity_at = excluded.last_activity_at, customer_id = excluded.customer_id
      returning id
    ),
    seen as (
      update repositories set last_activity_at = now(), customer_id = granted.customer_id from known, granted
      where repositories.id = known.id
        and (last_activity_at < now() - interval '1 minute' or repositories.customer_id is distinct from granted.customer_id)
    ),
    stored as (${insertExecution(id, input)}),
    audited as (${insertEvent(caller, { ...input, id })})
    select access.*, (select id from stored) as id from access`
    .execute(kysely)
    .catch(rethrowInFlight);

  const row = await requireAccess(kysely, request, rows[0]);
  const isReplay = row.id === null;
  const executionId = row.id ?? (await recallExecution(kysely, row.customer_id, input));
  return { success: true, id: executionId, phase: input.phase, isReplay };
}

/** The event of a store that stores something; one that is a replay writes none. */
function insertEvent(caller: Caller, target: AuditTarget) {
  const facts = { action: 'phase.store', outcome: 'allowed', customerId: null, target } as const;
  // Who it is, only the statement knows.
  return insertEventFrom(eventRow(actorOf(caller, { apiKeyId: '' }), facts), {
    known: { customer_id: sql`granted.customer_id`, api_key_id: sql`granted.api_key_id` },
    from: sql`granted, stored`,
  });
}

function insertExecution(id: string, input: StoreInput) {
  const { table, columns } = phaseColumns(input);
  const hasStarted = input.status !== 'pending';
  const hasEnded = input.status === 'completed' || input.status === 'failed';
  const values = {
    id: sql`${id}::uuid`,
    customer_id: sql`granted.customer_id`,
    repository_id: sql`repository.id`,
    api_key_id: sql`granted.api_key_id`,
    commit_sha: sql`${input.commitSha}`,
    status: sql`${input.status}`,
    data: sql`${JSON.stringify(input.data)}::jsonb`,
    started_at: hasStarted
      ? sql`coalesce(${input.startedAt}::timestamptz, now())`
      : sql`${input.startedAt}::timestamptz`,
    completed_at: hasEnded ? sql`coalesce(${input.completedAt}::timestamptz, now())` : sql`null`,
    error_message: sql`${input.errorMessage}`,
    ...columns,
  };
  return sql`
    insert into ${sql.table(table)} (${sql.join(Object.keys(values).map((column) => sql.ref(column)))})
    select ${sql.join(Object.values(values))}
    from granted, claimed, (select id from known union all select id from created) as repository
    returning id`;
}

/** The table of a phase, and what it keeps beside the columns that all have. */
function phaseColumns(input: StoreInput): { table: keyof Tables; columns: Record<string, RawBuilder<unknown>> } {
  switch (input.phase) {
    case 'scan': {
      const { vulnerabilities_count } = deriveScanColumns(input.data);
      return {
        table: 'scan_executions',
        columns: { branch: sql`${input.branch}`, vulnerabilities_count: sql`${vulnerabilities_count}::int` },
      };
    }
    case 'validation': {
      const { validated, vulnerabilities_found } = deriveValidationColumns(input.data);
      return {
        table: 'validation_executions',
        columns: {
          issue_number: sql`${input.issueNumber}::int`,
          validated: sql`${validated}::boolean`,
          vulnerabilities_found: sql`${vulnerabilities_found}::int`,
        },
      };
    }
    case 'mitigation': {
      const { pr_url, pr_number, files_changed } = deriveMitigationColumns(input.data);
      return {
        table: 'mitigation_executions',
        columns: {
          issue_number: sql`${input.issueNumber}::int`,
          pr_url: sql`${pr_url}`,
          pr_number: sql`${pr_number}::int`,
          files_changed: sql`${files_changed}::int`,
        },
      };
    }
  }
}
