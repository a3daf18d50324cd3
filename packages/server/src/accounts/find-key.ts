import { LockMode } from '@mikro-orm/core';
import { ApiKeyNotFoundError } from '@rsolv/shared/errors/record-errors';
import type { EntityManager } from '../database/open-database.ts';
import { ApiKey } from '../entities/api-key.ts';
import { isId } from '../entities/columns.ts';

/** The id of an API key. */
export interface KeyRef {
  readonly apiKeyId: string;
  /** The customer that the key must belong to. Default: any. */
  readonly customerId?: string;
}

/**
 * Of the key alone: a lock of the joined customer would block stores, and two calls that have each written a row of the
 * customer would wait for one another.
 */
const lockTableAliases = ['a0'];

/**
 * Finds an API key.
 *
 * @param lockMode locks the row for callers that change the key depending on what they read
 * @throws ApiKeyNotFoundError
 */
export async function findKey(em: EntityManager, { apiKeyId, customerId }: KeyRef, lockMode = LockMode.NONE) {
  const owned = customerId === undefined ? {} : { customer: customerId };
  const apiKey = isId(apiKeyId)
    ? await em.findOne(ApiKey, { id: apiKeyId, ...owned }, { populate: ['customer'], lockMode, lockTableAliases })
    : null;
  if (apiKey) return apiKey;
  throw new ApiKeyNotFoundError(apiKeyId);
}
