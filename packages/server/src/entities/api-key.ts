import { defineEntity, p } from '@mikro-orm/core';
import { createdAt, id } from './columns.ts';
import { Customer } from './customer.ts';

/** A secret that speaks for a customer. Only its hash is kept: the key itself is shown once. */
export const ApiKey = defineEntity({
  name: 'ApiKey',
  tableName: 'api_keys',
  properties: {
    id,
    customer: () => p.manyToOne(Customer).ref().deleteRule('cascade').index('api_keys_customer_id_index'),
    name: p.text(),
    /** SHA-256 of the key. */
    keyHash: p.blob().unique('api_keys_key_hash_unique'),
    /** The key's last four characters, to tell keys apart in a list. */
    lastFour: p.text(),
    createdAt,
    expiresAt: p.datetime(6).strictNullable(),
    revokedAt: p.datetime(6).strictNullable(),
  },
});
