import { defineEntity, p } from '@mikro-orm/core';
import { auditOutcomes } from '@rsolv/shared/contract/audit-event';

/**
 * An action that was done or refused. Append-only: the database refuses updates and deletes. Customers and keys are stored by
 * id without a foreign key, so that events outlive them.
 */
export const AuditEvent = defineEntity({
  name: 'AuditEvent',
  tableName: 'audit_events',
  properties: {
    /** UUID v7 with the time of `occurredAt`: events sort by id as they do by time. */
    id: p.uuid().primary(),
    occurredAt: p.datetime(3),
    // The database checks neither actors nor actions, so that a newer server can add some while an older one runs.
    actor: p.text(),
    /** The customer of the API key, or the one that the operator administered. */
    customerId: p.uuid().nullable(),
    apiKeyId: p.uuid().nullable(),
    action: p.text(),
    outcome: p.enum(auditOutcomes),
    errorCode: p.text().nullable(),
    forgeType: p.text().nullable(),
    namespace: p.text().nullable(),
    repository: p.text().nullable(),
    issueNumber: p.integer().nullable(),
    phase: p.text().nullable(),
    /** The id of the execution, API key, forge account or customer that the action concerns. */
    targetId: p.uuid().nullable(),
    requestId: p.text().nullable(),
    address: p.text().nullable(),
    /** How many refusals the event stands for: equal ones within a short time are one event. */
    count: p.integer().default(1),
  },
  indexes: [
    { name: 'audit_events_customer_index', properties: ['customerId', 'id'] },
    { name: 'audit_events_customer_action_index', properties: ['customerId', 'action', 'id'] },
    {
      name: 'audit_events_refused_index',
      expression: (columns, table, name) =>
        `create index "${name}" on "${table.name}" (${columns.customerId}, ${columns.id}) where ${columns.outcome} = 'refused'`,
    },
  ],
  // The migration adds another trigger against truncate, which MikroORM can't describe.
  triggers: [
    {
      name: 'append_only',
      timing: 'before',
      events: ['update', 'delete'],
      forEach: 'statement',
      body: `raise exception 'audit_events is append-only'`,
    },
  ],
});
