import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { ForgeAccountExistsError, ForgeAccountQuotaExceededError } from '@rsolv/shared/errors/record-errors';
import { uuidv7 } from 'uuidv7';
import type { Actor } from '../audit/actor.ts';
import { lockCustomer } from './lock-customer.ts';
import { maxRecordsPerCustomer } from './max-records-per-customer.ts';
import type { EntityManager } from '../database/open-database.ts';
import { ForgeAccount } from '../entities/forge-account.ts';
import type { ForgeAccountRef } from './find-forge-account.ts';
import { recordForgeAccountEvent } from './record-forge-account-event.ts';

/**
 * Adds a forge account to a customer. It gives no access until it is verified, so any customer may add any namespace.
 *
 * @throws ForgeAccountExistsError, ForgeAccountQuotaExceededError
 */
export function addForgeAccount(em: EntityManager, { customer, forge, namespace }: ForgeAccountRef, by: Actor) {
  return em.transactional(async (tx) => {
    await lockCustomer(tx, customer.id);
    if ((await tx.count(ForgeAccount, { customer })) >= maxRecordsPerCustomer)
      throw new ForgeAccountQuotaExceededError(maxRecordsPerCustomer);
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
    recordForgeAccountEvent(tx, by, { action: 'forge_account.add', account });
    try {
      await tx.persist(account).flush();
    } catch (cause) {
      if (!(cause instanceof UniqueConstraintViolationException)) throw cause;
      throw new ForgeAccountExistsError({ customer: customer.name, forge, namespace }, { cause });
    }
    return account;
  });
}
