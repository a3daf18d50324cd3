import { LockMode } from '@mikro-orm/core';
import { ApiKeyReceivedError } from '@rsolv/shared/errors/record-errors';
import type { Actor } from '../audit/actor.ts';
import { recordAct } from '../audit/record-act.ts';
import type { EntityManager } from '../database/open-database.ts';
import { findKey, type KeyRef } from './find-key.ts';

/**
 * Revokes an API key for good. Every server refuses it from its next request on.
 *
 * @throws ApiKeyNotFoundError
 */
export async function revokeKey(em: EntityManager, ref: KeyRef, by: Actor) {
  const apiKey = await findKey(em, ref);
  apiKey.revokedAt ??= new Date();
  recordAct(em, by, { action: 'key.revoke', customerId: apiKey.customer.id, target: { id: apiKey.id } });
  await em.flush();
  return apiKey;
}

/**
 * Revokes the key of a call whose response was lost. A key that was used was received, and stays.
 *
 * @throws ApiKeyReceivedError
 */
export async function revokeLostKey(tx: EntityManager, ref: KeyRef, by: Actor): Promise<void> {
  const apiKey = await findKey(tx, ref, LockMode.PESSIMISTIC_WRITE);
  if (apiKey.lastUsedAt !== null) throw new ApiKeyReceivedError(apiKey);
  await revokeKey(tx, ref, by);
}
