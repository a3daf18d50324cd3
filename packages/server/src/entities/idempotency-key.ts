import { defineEntity, p } from '@mikro-orm/core';
import { createdAt, id } from './columns.ts';
import { Customer } from './customer.ts';

/** The `Idempotency-Key` of a store or another mutation: what was sent with it, and what it made. It is valid for a day. */
export const IdempotencyKey = defineEntity({
  name: 'IdempotencyKey',
  tableName: 'idempotency_keys',
  properties: {
    id,
    customer: () => p.manyToOne(Customer).ref().deleteRule('cascade'),
    key: p.text(),
    /** SHA-256 of the input. */
    fingerprint: p.blob(),
    /** The execution; the API key or forge account of a call that administers those. */
    executionId: p.uuid(),
    createdAt,
  },
  uniques: [{ name: 'idempotency_keys_customer_key_unique', properties: ['customer', 'key'] }],
  indexes: [{ name: 'idempotency_keys_created_at_index', properties: ['createdAt'] }],
});
