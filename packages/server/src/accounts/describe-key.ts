import type { InferEntity } from '@mikro-orm/core';
import type { ApiKeyOutput } from '@rsolv/shared/contract/api-key';
import type { ApiKey } from '../entities/api-key.ts';

/** The fields of an API key that responses contain. */
export type KeyFields = Pick<InferEntity<typeof ApiKey>, keyof ApiKeyOutput>;

/** Converts an API key to the form of responses, without its hash. */
export function describeKey(apiKey: KeyFields): ApiKeyOutput {
  const { id, name, lastFour, scopes, repositories, rotatedFrom, createdAt, expiresAt, lastUsedAt, revokedAt } = apiKey;
  return { id, name, lastFour, scopes, repositories, rotatedFrom, createdAt, expiresAt, lastUsedAt, revokedAt };
}
