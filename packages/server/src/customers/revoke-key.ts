import type { EntityManager } from '../database.ts';
import { findKey, type KeyRef } from './find-key.ts';

/**
 * Revokes a key: it is refused from the next request on, for good.
 *
 * @throws UnknownRecordError
 */
export async function revokeKey(em: EntityManager, ref: KeyRef) {
  const apiKey = await findKey(em, ref);
  apiKey.revokedAt ??= new Date();
  await em.flush();
  return apiKey;
}
