import { validate as isUuid } from 'uuid';
import type { EntityManager } from '../database.ts';
import { ApiKey } from '../entities/api-key.ts';
import { UnknownRecordError } from '../errors.ts';

/**
 * Revokes a key: it is refused from the next request on, for good.
 *
 * @throws UnknownRecordError
 */
export async function revokeKey(em: EntityManager, apiKeyId: string) {
  const apiKey = isUuid(apiKeyId) ? await em.findOne(ApiKey, { id: apiKeyId }, { populate: ['customer'] }) : null;
  if (apiKey === null) {
    throw new UnknownRecordError(`There is no API key with the id "${apiKeyId}". List the ids with: rsolv key list`);
  }
  apiKey.revokedAt ??= new Date();
  await em.flush();
  return apiKey;
}
