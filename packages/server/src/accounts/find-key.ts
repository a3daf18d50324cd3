import { LockMode } from '@mikro-orm/core';
import { ApiKeyNotFoundError } from '@rsolv/shared/errors/record-errors';
import type { EntityManager } from '../database/open-database.ts';
import { ApiKey } from '../entities/api-key.ts';
import { isId } from '../entities/columns.ts';

/** Which key is meant. */
export interface KeyRef {
  readonly apiKeyId: string;
  /** Whose it has to be; left out, anybody's. */
  readonly customerId?: string;
}

/**
 * @param lockMode for who decides by what the key is and then changes it
 * @throws RecordNotFoundError
 */
export async function findKey(em: EntityManager, { apiKeyId, customerId }: KeyRef, lockMode = LockMode.NONE) {
  const owned = customerId === undefined ? {} : { customer: customerId };
  const apiKey = isId(apiKeyId)
    ? await em.findOne(ApiKey, { id: apiKeyId, ...owned }, { populate: ['customer'], lockMode })
    : null;
  if (apiKey) return apiKey;
  throw new ApiKeyNotFoundError(apiKeyId);
}
