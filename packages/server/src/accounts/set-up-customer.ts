import type { ForgeType } from '@rsolv/shared/contract/forge';
import type { Actor } from '../audit/actor.ts';
import { createCustomer } from './create-customer.ts';
import { createKey } from './create-key.ts';
import type { KeyRing } from '../access/key-ring.ts';
import type { EntityManager } from '../database/open-database.ts';
import { Customer } from '../entities/customer.ts';
import { addForgeAccount } from './add-forge-account.ts';
import { findForgeAccount } from './find-forge-account.ts';
import { lockNamespace } from './lock-namespace.ts';
import { verifyForgeAccount } from './verify-forge-account.ts';

/** Whom to set up, with which namespace, and who says so. */
export interface SetUpOptions {
  readonly customerName: string;
  readonly forge: ForgeType;
  readonly namespace: string;
  readonly by: Actor;
}

/**
 * All that a customer needs to begin: itself, a key, and a verified forge account. What is there already is used,
 * but for the key, which is always new. Everything or nothing.
 *
 * @throws ConflictError where another customer holds the namespace
 */
export function setUpCustomer(em: EntityManager, keyRing: KeyRing, options: SetUpOptions) {
  const { customerName, forge, namespace, by } = options;
  return em.transactional(async (tx) => {
    const customer =
      (await tx.findOne(Customer, { name: customerName })) ?? (await createCustomer(tx, customerName, by));
    const ref = { customer, forge, namespace };
    // In the order in which others take both.
    await lockNamespace(tx, ref);
    const claim = await findForgeAccount(tx, ref);
    if (claim === null) await addForgeAccount(tx, ref, by);
    const forgeAccount = await verifyForgeAccount(tx, ref, by);
    const { apiKey, secret } = await createKey(tx, keyRing, { customer, by, name: 'setup' });
    return { customerId: customer.id, apiKeyId: apiKey.id, apiKey: secret, forgeAccountId: forgeAccount.id };
  });
}
