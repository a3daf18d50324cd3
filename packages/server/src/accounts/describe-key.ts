import type { InferEntity } from '@mikro-orm/core';
import type { ApiKeyOutput } from '@rsolv/shared/contract/api-key';
import type { ApiKey } from '../entities/api-key.ts';

/** What may be shown of an API key. */
export type KeyFields = Pick<InferEntity<typeof ApiKey>, keyof ApiKeyOutput>;

/** An API key as callers see it. */
export function describeKey(apiKey: KeyFields): ApiKeyOutput {
  const { id, name, lastFour, scopes, repositories, createdAt, expiresAt, lastUsedAt, revokedAt } = apiKey;
  return { id, name, lastFour, scopes, repositories, createdAt, expiresAt, lastUsedAt, revokedAt };
}
