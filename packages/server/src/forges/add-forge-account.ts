import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { claimExists } from '@rsolv/shared/record-errors';
import { v7 } from 'uuid';
import type { Actor } from '../audit/actor.ts';
import type { EntityManager } from '../database.ts';
import { ForgeAccount } from '../entities/forge-account.ts';
import type { ForgeAccountRef } from './find-forge-account.ts';
import { recordForgeAct } from './record-forge-act.ts';

/**
 * Adds a customer's claim to a namespace. It gives no access until it is verified, so any customer may claim any.
 *
 * @throws ConflictError where the customer has it already
 */
export async function addForgeAccount(em: EntityManager, { customer, forge, namespace }: ForgeAccountRef, by: Actor) {
  const unverified = { verifiedAt: null, verifiedBy: null, ownerId: null, issuer: null };
  const account = em.create(ForgeAccount, {
    id: v7(),
    customer,
    forgeType: forge,
    namespace,
    ...unverified,
    nonceHash: null,
    nonceExpiresAt: null,
  });
  recordForgeAct(em, by, { action: 'forge_account.add', account });
  try {
    await em.persist(account).flush();
  } catch (cause) {
    if (!(cause instanceof UniqueConstraintViolationException)) throw cause;
    throw claimExists({ customer: customer.name, forge, namespace }, { cause });
  }
  return account;
}
