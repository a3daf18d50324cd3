import { createHash, randomBytes } from 'node:crypto';
import type { Actor } from '../audit/actor.ts';
import type { EntityManager } from '../database/open-database.ts';
import { addForgeAccount } from './add-forge-account.ts';
import { findForgeAccount, type ForgeAccountRef } from './find-forge-account.ts';
import { lockNamespace } from './lock-namespace.ts';
import { recordForgeAccountEvent } from './record-forge-account-event.ts';

/** How long a workflow has to show the nonce. */
const lifetimeMs = 24 * 60 * 60_000;

/**
 * Lets a workflow in the namespace verify the customer's claim to it, which is added if need be: with the nonce, once. One
 * that was asked for before counts no longer.
 */
export function requestVerification(em: EntityManager, ref: ForgeAccountRef, by: Actor) {
  return em.transactional(async (tx) => {
    await lockNamespace(tx, ref);
    const known = await findForgeAccount(tx, ref);
    const account = known ?? (await addForgeAccount(tx, ref, by));
    if (known !== null) recordForgeAccountEvent(tx, by, { action: 'forge_account.request_verification', account });
    const nonce = randomBytes(32).toString('base64url');
    const expiresAt = new Date(Date.now() + lifetimeMs);
    account.nonceHash = hashNonce(nonce);
    account.nonceExpiresAt = expiresAt;
    return { account, nonce, expiresAt };
  });
}

/** What is kept of a nonce. */
export const hashNonce = (nonce: string): Buffer => createHash('sha256').update(nonce).digest();
