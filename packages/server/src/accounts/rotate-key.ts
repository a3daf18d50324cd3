import { LockMode } from '@mikro-orm/core';
import { ApiKeyNoLongerValidError, WorkflowKeyNotRotatableError } from '@rsolv/shared/errors/record-errors';
import type { Actor } from '../audit/actor.ts';
import { recordAct } from '../audit/record-act.ts';
import type { EntityManager } from '../database/open-database.ts';
import { createKey } from './create-key.ts';
import { findKey, type KeyRef } from './find-key.ts';
import { revokeLostKey } from './revoke-key.ts';
import type { KeyRing } from '../access/key-ring.ts';

/** A key to rotate. */
export interface RotateOptions extends KeyRef {
  /** How long the old key stays valid beside the new one. */
  readonly overlapMs: number;
  readonly by: Actor;
  /** The key of the same call before, whose response was lost. It is replaced; the expiry of the old key stays. */
  readonly lostKeyId?: string | null;
}

/**
 * Creates a key with the same scopes and repositories that is valid for a year. The old key expires after the overlap, or
 * earlier if it would have expired earlier.
 *
 * @throws ApiKeyNotFoundError, ApiKeyNoLongerValidError, WorkflowKeyNotRotatableError, ApiKeyQuotaExceededError,
 *   ApiKeyReceivedError
 */
export function rotateKey(
  em: EntityManager,
  keyRing: KeyRing,
  { overlapMs, by, lostKeyId = null, ...ref }: RotateOptions,
) {
  return em.transactional(async (tx) => {
    // Locks the key, so that a concurrent rotation sees its new expiry.
    const old = await findKey(tx, ref, LockMode.PESSIMISTIC_WRITE);
    if (old.issuedTo !== null) throw new WorkflowKeyNotRotatableError();
    const now = Date.now();
    if (lostKeyId !== null) await revokeLostKey(tx, { ...ref, apiKeyId: lostKeyId }, by);
    else if (old.revokedAt !== null || (old.expiresAt !== null && old.expiresAt.getTime() <= now)) {
      throw new ApiKeyNoLongerValidError(old);
    }
    const { name, scopes, repositories } = old;
    const customer = old.customer.getEntity();
    recordAct(tx, by, { action: 'key.rotate', customerId: customer.id, target: { id: old.id } });
    const created = await createKey(tx, keyRing, { customer, by, name, scopes, repositories, rotatedFrom: old.id });
    if (lostKeyId === null) old.expiresAt = new Date(Math.min(old.expiresAt?.getTime() ?? Infinity, now + overlapMs));
    return { ...created, old };
  });
}
