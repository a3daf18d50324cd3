import type { AuditAction, AuditOutcome } from '@rsolv/shared/contract/audit-event';
import { sql, type RawBuilder } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { isId } from '../entities/columns.ts';
import type { Actor } from './actor.ts';

/** The target of an action. */
export interface AuditTarget {
  readonly forge?: string;
  readonly namespace?: string;
  /** A repository's name, without its namespace. */
  readonly name?: string;
  readonly issueNumber?: number | null;
  readonly phase?: string;
  readonly id?: string;
}

/** What was performed or attempted. */
export interface AuditFacts {
  readonly action: AuditAction;
  readonly outcome: AuditOutcome;
  readonly errorCode?: string | undefined;
  /** The customer that the event belongs to; null if none is known. */
  readonly customerId: string | null;
  readonly target: AuditTarget;
}

/** Creates the row for an event that happens now. */
export function eventRow(by: Actor, { action, outcome, errorCode, customerId, target }: AuditFacts) {
  const { forge, namespace, name, issueNumber, phase, id: targetId } = target;
  const id = uuidv7();
  const masked = (text: string | undefined) => (text === undefined ? null : by.mask(text));
  return {
    id,
    occurred_at: new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)),
    actor: by.actor,
    customer_id: customerId,
    api_key_id: by.apiKeyId,
    action,
    outcome,
    error_code: errorCode ?? null,
    forge_type: forge ?? null,
    namespace: masked(namespace),
    repository: masked(name),
    issue_number: issueNumber ?? null,
    phase: phase ?? null,
    // Only ids that this platform generated: an imported API key may be a UUID too.
    target_id: targetId !== undefined && isId(targetId) ? masked(targetId) : null,
    request_id: by.requestId,
    address: by.address,
    count: 1,
  };
}

/** A row of the table `audit_events`. */
export type EventRow = ReturnType<typeof eventRow>;

/** Inserts events. Skips those that exist, so that a batch can be retried. */
export function insertEvents(rows: readonly EventRow[]): RawBuilder<unknown> {
  return sql`insert into audit_events (${columns(rows)}) select ${columns(rows)}
    from json_populate_recordset(null::audit_events, ${JSON.stringify(rows)}::json) on conflict (id) do nothing`;
}

/** Inserts an event as a part of the statement that performs the action. */
export function insertEventFrom(
  values: Partial<Record<keyof EventRow, RawBuilder<unknown>>>,
  from: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`insert into audit_events (${columns([values])}) select ${sql.join(Object.values(values))} from ${from}`;
}

const columns = ([row = {}]: readonly object[]) => sql.join(Object.keys(row).map((column) => sql.ref(column)));
