import { raw, type InferEntity } from '@mikro-orm/core';
import type { ForgeType } from '@rsolv/shared/contract/forge';
import { ForgeAccountNotFoundError } from '@rsolv/shared/errors/record-errors';
import type { EntityManager } from '../database/open-database.ts';
import type { Customer } from '../entities/customer.ts';
import { folded } from '../entities/folded.ts';
import { ForgeAccount } from '../entities/forge-account.ts';

/** Which forge account is meant. */
export interface ForgeAccountRef {
  readonly customer: InferEntity<typeof Customer>;
  readonly forge: ForgeType;
  /** In any letter case. */
  readonly namespace: string;
}

/** The customer's forge account for that namespace, or null. */
export function findForgeAccount(em: EntityManager, { customer, forge, namespace }: ForgeAccountRef) {
  return em.findOne(ForgeAccount, { customer, forgeType: forge, [raw(folded('namespace'))]: namespace.toLowerCase() });
}

/**
 * The same, for those who can't go on without.
 *
 * @throws RecordNotFoundError
 */
export async function requireForgeAccount(em: EntityManager, ref: ForgeAccountRef) {
  const account = await findForgeAccount(em, ref);
  if (account) return account;
  throw new ForgeAccountNotFoundError({ ...ref, customer: ref.customer.name });
}
