import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { namespaceIsHeld } from '@rsolv/shared/record-errors';
import type { EntityManager } from '../database.ts';
import { requireForgeAccount, type ForgeAccountRef } from './find-forge-account.ts';

/**
 * Declares that the namespace is the customer's: its keys may now read and write what is stored under it.
 *
 * @throws UnknownRecordError; ConflictError where another customer holds the namespace
 */
export async function verifyForgeAccount(em: EntityManager, ref: ForgeAccountRef) {
  const account = await requireForgeAccount(em, ref);
  account.verifiedAt ??= new Date();
  try {
    await em.flush();
  } catch (cause) {
    if (!(cause instanceof UniqueConstraintViolationException)) throw cause;
    throw namespaceIsHeld({ forge: ref.forge, namespace: account.namespace }, { cause });
  }
  return account;
}
