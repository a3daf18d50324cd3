import type { InferEntity } from '@mikro-orm/core';
import type { ApiKeyOutput } from '@rsolv/shared/contract/api-key';
import type { ApiKey } from '../entities/api-key.ts';

/** What may be told of a key. */
export function describeKey(apiKey: InferEntity<typeof ApiKey>): ApiKeyOutput {
  const { id, name, lastFour, scopes, repositories, createdAt, expiresAt, lastUsedAt, revokedAt } = apiKey;
  return { id, name, lastFour, scopes, repositories, createdAt, expiresAt, lastUsedAt, revokedAt };
}
