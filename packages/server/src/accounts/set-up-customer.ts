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

/** A customer to set up, and its namespace. */
export interface SetUpOptions {
  readonly customerName: string;
  readonly forge: ForgeType;
  readonly namespace: string;
  readonly by: Actor;
}

/**
 * Creates what a customer needs to start, in one transaction: the customer and a verified forge account, unless they exist,
 * and a new API key.
 *
 * @throws NamespaceTakenError, ApiKeyQuotaExceededError, ForgeAccountQuotaExceededError
 */
export function setUpCustomer(em: EntityManager, keyRing: KeyRing, options: SetUpOptions) {
  return em.transactional(async (tx) => {
    const { customer, forgeAccountId, isNewCustomer } = await setUpAccess(tx, options);
    const { apiKey, secret } = await createKey(tx, keyRing, { customer, by: options.by, name: 'setup' });
    return { customerId: customer.id, apiKeyId: apiKey.id, apiKey: secret, forgeAccountId, isNewCustomer };
  });
}

/**
 * Creates the customer and a verified forge account, unless they exist, in one transaction.
 *
 * @throws NamespaceTakenError, ForgeAccountQuotaExceededError
 */
export function setUpAccess(em: EntityManager, { customerName, forge, namespace, by }: SetUpOptions) {
  return em.transactional(async (tx) => {
    const existingCustomer = await tx.findOne(Customer, { name: customerName });
    const customer = existingCustomer ?? (await createCustomer(tx, customerName, by));
    const ref = { customer, forge, namespace };
    // Before the customer's lock, as in requestVerification: the same order everywhere avoids deadlocks.
    await lockNamespace(tx, ref);
    const existing = await findForgeAccount(tx, ref);
    if (existing === null) await addForgeAccount(tx, ref, by);
    const { id: forgeAccountId } = await verifyForgeAccount(tx, ref, by);
    return { customer, forgeAccountId, isNewCustomer: existingCustomer === null };
  });
}
