import { raw, type InferEntity } from '@mikro-orm/core';
import type { ForgeType } from '@rsolv/shared/contract/forge';
import { ForgeAccountNotFoundError } from '@rsolv/shared/errors/record-errors';
import type { EntityManager } from '../database/open-database.ts';
import type { Customer } from '../entities/customer.ts';
import { folded } from '../entities/folded.ts';
import { ForgeAccount } from '../entities/forge-account.ts';

/** The customer and namespace of a forge account. */
export interface ForgeAccountRef {
  readonly customer: InferEntity<typeof Customer>;
  readonly forge: ForgeType;
  /** Case-insensitive. */
  readonly namespace: string;
}

/** Finds the customer's forge account for a namespace; null where there is none. */
export function findForgeAccount(em: EntityManager, { customer, forge, namespace }: ForgeAccountRef) {
  return em.findOne(ForgeAccount, { customer, forgeType: forge, [raw(folded('namespace'))]: namespace.toLowerCase() });
}

/**
 * Finds the customer's forge account for a namespace.
 *
 * @throws ForgeAccountNotFoundError
 */
export async function requireForgeAccount(em: EntityManager, ref: ForgeAccountRef, purpose: 'verify' | 'remove') {
  const account = await findForgeAccount(em, ref);
  if (account) return account;
  throw new ForgeAccountNotFoundError({ ...ref, customer: ref.customer.name }, purpose);
}
