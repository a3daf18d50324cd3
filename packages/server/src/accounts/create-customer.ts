import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { CustomerExistsError } from '@rsolv/shared/errors/record-errors';
import { uuidv7 } from 'uuidv7';
import type { Actor } from '../audit/actor.ts';
import { recordAct } from '../audit/record-act.ts';
import type { EntityManager } from '../database/open-database.ts';
import { Customer } from '../entities/customer.ts';

/**
 * Creates a customer.
 *
 * @throws CustomerExistsError
 */
export async function createCustomer(em: EntityManager, name: string, by: Actor) {
  const customer = em.create(Customer, { id: uuidv7(), name, deactivatedAt: null });
  recordAct(em, by, { action: 'customer.create', customerId: customer.id, target: { id: customer.id } });
  try {
    await em.persist(customer).flush();
  } catch (cause) {
    if (!(cause instanceof UniqueConstraintViolationException)) throw cause;
    throw new CustomerExistsError(name, { cause });
  }
  return customer;
}
