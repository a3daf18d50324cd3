import { createHash, randomBytes } from 'node:crypto';
import type { Actor } from '../audit/actor.ts';
import type { EntityManager } from '../database/open-database.ts';
import { addForgeAccount } from './add-forge-account.ts';
import { findForgeAccount, type ForgeAccountRef } from './find-forge-account.ts';
import { lockNamespace } from './lock-namespace.ts';
import { recordForgeAccountEvent } from './record-forge-account-event.ts';

/** How long the nonce is valid. */
export const verificationLifetimeMs = 24 * 60 * 60_000;

/**
 * Creates a nonce with which a workflow in the namespace can verify it once; adds the forge account where there is none. A
 * nonce of an earlier request becomes invalid.
 *
 * @throws ForgeAccountQuotaExceededError
 */
export function requestVerification(em: EntityManager, ref: ForgeAccountRef, by: Actor) {
  return em.transactional(async (tx) => {
    await lockNamespace(tx, ref);
    const existing = await findForgeAccount(tx, ref);
    const account = existing ?? (await addForgeAccount(tx, ref, by));
    if (existing !== null) recordForgeAccountEvent(tx, by, { action: 'forge_account.request_verification', account });
    const nonce = randomBytes(32).toString('base64url');
    const expiresAt = new Date(Date.now() + verificationLifetimeMs);
    account.nonceHash = hashNonce(nonce);
    account.nonceExpiresAt = expiresAt;
    return { account, nonce, expiresAt };
  });
}

/** The hash of a nonce that is stored. A nonce is random, so it needs no salt and no slow hash. */
export const hashNonce = (nonce: string): Buffer => createHash('sha256').update(nonce).digest();
