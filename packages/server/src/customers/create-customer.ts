import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { customerExists } from '@rsolv/shared/record-errors';
import type { EntityManager } from '../database.ts';
import { Customer } from '../entities/customer.ts';

/** @throws ConflictError where a customer of that name exists */
export async function createCustomer(em: EntityManager, name: string) {
  const customer = em.create(Customer, { name, deactivatedAt: null });
  try {
    await em.persist(customer).flush();
  } catch (cause) {
    if (!(cause instanceof UniqueConstraintViolationException)) throw cause;
    throw customerExists(name, { cause });
  }
  return customer;
}
