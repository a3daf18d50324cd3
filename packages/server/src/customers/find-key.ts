import { validate as isUuid } from 'uuid';
import type { EntityManager } from '../database.ts';
import { ApiKey } from '../entities/api-key.ts';
import { UnknownRecordError } from '../errors.ts';

/** Which key is meant. */
export interface KeyRef {
  readonly apiKeyId: string;
  /** Whose it has to be; left out, anybody's. */
  readonly customerId?: string;
}

/** @throws UnknownRecordError */
export async function findKey(em: EntityManager, { apiKeyId, customerId }: KeyRef) {
  const owned = customerId === undefined ? {} : { customer: customerId };
  const apiKey = isUuid(apiKeyId)
    ? await em.findOne(ApiKey, { id: apiKeyId, ...owned }, { populate: ['customer'] })
    : null;
  if (apiKey) return apiKey;
  throw new UnknownRecordError(
    `There is no API key with the id "${apiKeyId}". List the ids with "rsolv key list" or GET /api/v1/keys.`,
  );
}
