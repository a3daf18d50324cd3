import { LockMode } from '@mikro-orm/core';
import { ApiKeyNoLongerValidError, WorkflowKeyNotRotatableError } from '@rsolv/shared/errors/record-errors';
import type { Actor } from '../audit/actor.ts';
import { recordAct } from '../audit/record-act.ts';
import type { EntityManager } from '../database/open-database.ts';
import { createKey } from './create-key.ts';
import { findKey, type KeyRef } from './find-key.ts';
import type { KeyRing } from '../access/key-ring.ts';

/** Which key is replaced, by whom, and how long it goes on counting beside the new one. */
export interface RotateOptions extends KeyRef {
  readonly overlapMs: number;
  readonly by: Actor;
}

/**
 * Makes a key that may do the same, for a year; the old one counts for the overlap and not a moment longer than it
 * would have.
 *
 * @throws RecordNotFoundError; ConflictError where the key counts no longer, or is a workflow's
 */
export function rotateKey(em: EntityManager, keyRing: KeyRing, { overlapMs, by, ...ref }: RotateOptions) {
  return em.transactional(async (tx) => {
    // Of several rotations at once, the next one sees what the first has made of the key.
    const old = await findKey(tx, ref, LockMode.PESSIMISTIC_WRITE);
    if (old.issuedTo !== null) throw new WorkflowKeyNotRotatableError();
    const now = Date.now();
    if (old.revokedAt !== null || (old.expiresAt !== null && old.expiresAt.getTime() <= now)) {
      throw new ApiKeyNoLongerValidError(old);
    }
    const { name, scopes, repositories } = old;
    const customer = old.customer.getEntity();
    recordAct(tx, by, { action: 'key.rotate', customerId: customer.id, target: { id: old.id } });
    const made = await createKey(tx, keyRing, { customer, by, name, scopes, repositories });
    old.expiresAt = new Date(Math.min(old.expiresAt?.getTime() ?? Infinity, now + overlapMs));
    return { ...made, old };
  });
}
