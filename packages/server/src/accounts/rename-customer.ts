import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { CustomerExistsError } from '@rsolv/shared/errors/record-errors';
import type { Actor } from '../audit/actor.ts';
import { recordAct } from '../audit/record-act.ts';
import type { EntityManager } from '../database/open-database.ts';
import { findCustomer } from './find-customer.ts';

/** A customer and its new name. */
interface RenameOptions {
  readonly nameOrId: string;
  readonly name: string;
  readonly by: Actor;
}

/**
 * Renames a customer. Its id, keys and data stay.
 *
 * @throws CustomerNotFoundError, CustomerExistsError
 */
export async function renameCustomer(em: EntityManager, { nameOrId, name, by }: RenameOptions) {
  const customer = await findCustomer(em, nameOrId);
  customer.name = name;
  recordAct(em, by, { action: 'customer.rename', customerId: customer.id, target: { id: customer.id } });
  try {
    await em.flush();
  } catch (cause) {
    if (!(cause instanceof UniqueConstraintViolationException)) throw cause;
    throw new CustomerExistsError(name, { cause });
  }
  return customer;
}
