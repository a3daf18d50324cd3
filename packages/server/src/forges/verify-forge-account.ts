import { UniqueConstraintViolationException } from '@mikro-orm/core';
import type { Actor } from '../audit/actor.ts';
import type { EntityManager } from '../database.ts';
import { ConflictError } from '../errors.ts';
import { requireForgeAccount, type ForgeAccountRef } from './find-forge-account.ts';
import { recordForgeAct } from './record-forge-act.ts';

/**
 * Declares that the namespace is the customer's: its keys may now read and write what is stored under it.
 *
 * @throws UnknownRecordError; ConflictError where another customer holds the namespace
 */
export async function verifyForgeAccount(em: EntityManager, ref: ForgeAccountRef, by: Actor) {
  const account = await requireForgeAccount(em, ref);
  account.verifiedAt ??= new Date();
  recordForgeAct(em, by, { action: 'forge_account.verify', account });
  try {
    await em.flush();
  } catch (cause) {
    if (!(cause instanceof UniqueConstraintViolationException)) throw cause;
    throw new ConflictError(
      `Another customer holds the ${ref.forge} namespace "${account.namespace}" verified, and only one can. ` +
        'Find out which with "rsolv forge list", and remove it there first.',
      { cause },
    );
  }
  return account;
}
