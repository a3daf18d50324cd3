import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { claimExists } from '@rsolv/shared/record-errors';
import type { EntityManager } from '../database.ts';
import { ForgeAccount } from '../entities/forge-account.ts';
import type { ForgeAccountRef } from './find-forge-account.ts';

/**
 * Adds a customer's claim to a namespace. It gives no access until it is verified, so any customer may claim any.
 *
 * @throws ConflictError where the customer has it already
 */
export async function addForgeAccount(em: EntityManager, { customer, forge, namespace }: ForgeAccountRef) {
  const account = em.create(ForgeAccount, { customer, forgeType: forge, namespace, verifiedAt: null });
  try {
    await em.persist(account).flush();
  } catch (cause) {
    if (!(cause instanceof UniqueConstraintViolationException)) throw cause;
    throw claimExists({ customer: customer.name, forge, namespace }, { cause });
  }
  return account;
}
