import type { Actor } from '../audit/actor.ts';
import type { EntityManager } from '../database/open-database.ts';
import { requireForgeAccount, type ForgeAccountRef } from './find-forge-account.ts';
import { recordForgeAccountEvent } from './record-forge-account-event.ts';

/**
 * Takes a namespace away from a customer. What it stored there stays, and is its own again once it is verified
 * again; nobody else ever gets to see it.
 *
 * @throws RecordNotFoundError
 */
export async function removeForgeAccount(em: EntityManager, ref: ForgeAccountRef, by: Actor) {
  const account = await requireForgeAccount(em, ref);
  recordForgeAccountEvent(em, by, { action: 'forge_account.remove', account });
  await em.remove(account).flush();
  return account;
}
