import { defineEntity, p } from '@mikro-orm/core';
import { auditOutcomes } from '@rsolv/shared/contract/audit-event';

/**
 * Something that was done or tried. Append-only: the database refuses to change or delete one. So customers and keys are
 * not referenced but named, and events outlive them.
 */
export const AuditEvent = defineEntity({
  name: 'AuditEvent',
  tableName: 'audit_events',
  properties: {
    /** UUID v7, of the moment in `occurredAt`: the order of ids is the order in time. */
    id: p.uuid().primary(),
    occurredAt: p.datetime(3),
    // Neither actors nor actions are checked by the database, so that a newer server may add some beside an older one.
    actor: p.text(),
    /** Whom it concerns: whose key it was, or on whom the operator acted. */
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
    /** Of the execution, key, forge account or customer that it was done to. */
    targetId: p.uuid().nullable(),
    requestId: p.text().nullable(),
    address: p.text().nullable(),
    /** How many times, where refusals are counted in one event. */
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
  // The migration has another one against truncate, which MikroORM can't see.
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
