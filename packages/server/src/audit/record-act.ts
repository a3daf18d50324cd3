import type { AuditAction } from '@rsolv/shared/contract/audit-event';
import type { EntityManager } from '../database/open-database.ts';
import { AuditEvent } from '../entities/audit-event.ts';
import type { Actor } from './actor.ts';
import { eventRow, type AuditTarget } from './event-row.ts';

/** An action on a customer or on one of its records. */
interface RecordedAction {
  readonly action: AuditAction;
  readonly customerId: string;
  readonly target: AuditTarget;
}

/** Adds the event of an action to the unit of work that performs it, so that both are written or neither. */
export function recordAct(em: EntityManager, by: Actor, action: RecordedAction): void {
  const row = eventRow(by, { ...action, outcome: 'allowed' });
  em.persist(
    em.create(AuditEvent, {
      id: row.id,
      occurredAt: row.occurred_at,
      actor: row.actor,
      customerId: row.customer_id,
      apiKeyId: row.api_key_id,
      action: row.action,
      outcome: row.outcome,
      forgeType: row.forge_type,
      namespace: row.namespace,
      repository: row.repository,
      targetId: row.target_id,
      requestId: row.request_id,
      address: row.address,
    }),
  );
}
