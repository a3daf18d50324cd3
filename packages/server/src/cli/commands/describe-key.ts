import type { InferEntity } from '@mikro-orm/core';
import type { KeyFields } from '../../accounts/describe-key.ts';
import type { ApiKey } from '../../entities/api-key.ts';
import type { PrintedRecord } from '../records.ts';

/** An API key as commands print it, without its secret. */
export const describeKey = (apiKey: InferEntity<typeof ApiKey>): PrintedRecord =>
  describeKeyFields(apiKey, apiKey.customer.getProperty('name'));

/** The same of a row with the name of its customer. */
export function describeKeyFields(apiKey: KeyFields, customer: string | null = null): PrintedRecord {
  const { id, name, lastFour, scopes, repositories, rotatedFrom, createdAt, expiresAt, lastUsedAt, revokedAt } = apiKey;
  return {
    apiKeyId: id,
    customer,
    name,
    lastFour,
    scopes,
    repositories,
    rotatedFrom,
    createdAt,
    expiresAt,
    lastUsedAt,
    revokedAt,
  };
}
