import { UniqueConstraintViolationException, type InferEntity } from '@mikro-orm/core';
import type { EntityManager } from '../database.ts';
import { ApiKey } from '../entities/api-key.ts';
import type { Customer } from '../entities/customer.ts';
import { ConflictError } from '../errors.ts';
import { hashSecret, makeSecret } from './secret.ts';

/** What a key is called and how long it counts. */
export interface KeyOptions {
  readonly customer: InferEntity<typeof Customer>;
  readonly name: string;
  /** Null: until it is revoked. */
  readonly expiresAt: Date | null;
}

/** Makes a key. The secret in the answer is kept nowhere: show it now or never. */
export async function createKey(em: EntityManager, options: KeyOptions) {
  const secret = makeSecret();
  return { apiKey: await importKey(em, secret, options), secret };
}

/**
 * Lets a key that exists elsewhere count here, so that its holder keeps the secret.
 *
 * @throws ConflictError where it counts already, for whichever customer
 */
export async function importKey(em: EntityManager, secret: string, { customer, name, expiresAt }: KeyOptions) {
  const apiKey = em.create(ApiKey, {
    customer,
    name,
    keyHash: hashSecret(secret),
    lastFour: secret.slice(-4),
    expiresAt,
    revokedAt: null,
  });
  try {
    await em.persist(apiKey).flush();
  } catch (cause) {
    if (!(cause instanceof UniqueConstraintViolationException)) throw cause;
    throw new ConflictError('This key is in use already. A key belongs to one customer and is imported once.', {
      cause,
    });
  }
  return apiKey;
}
