import type { AuditEventOutput } from '@rsolv/shared/contract/audit-event';
import type { ListedEvent } from './list-audit-events.ts';

/** Converts an event to the API's format. */
export function describeEvent(row: ListedEvent): AuditEventOutput {
  return {
    id: row.id,
    occurredAt: new Date(row.occurred_at),
    actor: row.actor,
    apiKeyId: row.api_key_id,
    action: row.action,
    outcome: row.outcome,
    errorCode: row.error_code,
    target: {
      forge: row.forge_type,
      namespace: row.namespace,
      repository: row.repository,
      issueNumber: row.issue_number,
      phase: row.phase,
      id: row.target_id,
    },
    requestId: row.request_id,
    address: row.address,
    count: row.count,
  };
}
