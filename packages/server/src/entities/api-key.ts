import { defineEntity, p } from '@mikro-orm/core';
import type { Scope } from '@rsolv/shared/api-key';
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
    /** HMAC-SHA-256 of the key under a pepper; SHA-256 where it was made before there were peppers. */
    keyHash: p.blob().unique('api_keys_key_hash_unique'),
    /** The key's last four characters, to tell keys apart in a list. */
    lastFour: p.text(),
    scopes: p.array<Scope>().defaultRaw(`'{phases:read,phases:write}'`),
    /** The only repositories that it may reach, as `github:owner/name` in lower case. Null: all of the customer's. */
    repositories: p.array().strictNullable(),
    createdAt,
    /** Kept to the minute or so, so that no request waits for it. */
    lastUsedAt: p.datetime(6).strictNullable(),
    expiresAt: p.datetime(6).strictNullable(),
    revokedAt: p.datetime(6).strictNullable(),
  },
});
