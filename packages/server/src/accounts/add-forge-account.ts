import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { claimExists, tooManyClaims } from '@rsolv/shared/errors/record-errors';
import { uuidv7 } from 'uuidv7';
import type { Actor } from '../audit/actor.ts';
import { holdCustomer, mostOfEach } from './hold-customer.ts';
import type { EntityManager } from '../database/open-database.ts';
import { ForgeAccount } from '../entities/forge-account.ts';
import type { ForgeAccountRef } from './find-forge-account.ts';
import { recordForgeAct } from './record-forge-act.ts';

/**
 * Adds a customer's claim to a namespace. It gives no access until it is verified, so any customer may claim any.
 *
 * @throws ConflictError where the customer has it already, or has too many
 */
export function addForgeAccount(em: EntityManager, { customer, forge, namespace }: ForgeAccountRef, by: Actor) {
  return em.transactional(async (tx) => {
    await holdCustomer(tx, customer.id);
    if ((await tx.count(ForgeAccount, { customer })) >= mostOfEach) throw tooManyClaims(mostOfEach);
    const unverified = { verifiedAt: null, verifiedBy: null, ownerId: null, issuer: null };
    const account = tx.create(ForgeAccount, {
      id: uuidv7(),
      customer,
      forgeType: forge,
      namespace,
      ...unverified,
      nonceHash: null,
      nonceExpiresAt: null,
    });
    recordForgeAct(tx, by, { action: 'forge_account.add', account });
    try {
      await tx.persist(account).flush();
    } catch (cause) {
      if (!(cause instanceof UniqueConstraintViolationException)) throw cause;
      throw claimExists({ customer: customer.name, forge, namespace }, { cause });
    }
    return account;
  });
}
