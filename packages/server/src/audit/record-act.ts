import type { AuditAction } from '@rsolv/shared/contract/audit-event';
import type { EntityManager } from '../database/open-database.ts';
import { AuditEvent } from '../entities/audit-event.ts';
import type { Actor } from './actor.ts';
import { eventRow, type AuditTarget } from './event-row.ts';

/** An act on what a customer has, or on the customer itself. */
interface Act {
  readonly action: AuditAction;
  readonly customerId: string;
  readonly target: AuditTarget;
}

/** Has an act recorded by the flush that carries it out: both are written, or neither. */
export function recordAct(em: EntityManager, by: Actor, act: Act): void {
  const row = eventRow(by, { ...act, outcome: 'allowed' });
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
