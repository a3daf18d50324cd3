import { defineEntity, p } from '@mikro-orm/core';
import { createdAt, id } from './columns.ts';
import { Customer } from './customer.ts';

/** A store that may be sent again: what was sent under the key, and what was answered. Kept for a day. */
export const IdempotencyKey = defineEntity({
  name: 'IdempotencyKey',
  tableName: 'idempotency_keys',
  properties: {
    id,
    customer: () => p.manyToOne(Customer).ref().deleteRule('cascade'),
    key: p.text(),
    /** SHA-256 of what was sent. */
    fingerprint: p.blob(),
    executionId: p.uuid(),
    createdAt,
  },
  uniques: [{ name: 'idempotency_keys_customer_key_unique', properties: ['customer', 'key'] }],
  indexes: [{ name: 'idempotency_keys_created_at_index', properties: ['createdAt'] }],
});
