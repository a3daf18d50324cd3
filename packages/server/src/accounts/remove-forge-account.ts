import type { Actor } from '../audit/actor.ts';
import type { EntityManager } from '../database/open-database.ts';
import { requireForgeAccount, type ForgeAccountRef } from './find-forge-account.ts';
import { recordForgeAccountEvent } from './record-forge-account-event.ts';

/**
 * Removes a forge account. What the customer stored in the namespace stays, and is accessible to this customer only, once it
 * has verified the namespace again.
 *
 * @throws ForgeAccountNotFoundError
 */
export async function removeForgeAccount(em: EntityManager, ref: ForgeAccountRef, by: Actor) {
  const account = await requireForgeAccount(em, ref, 'remove');
  recordForgeAccountEvent(em, by, { action: 'forge_account.remove', account });
  await em.remove(account).flush();
  return account;
}
