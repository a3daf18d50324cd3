import { UniqueConstraintViolationException, type InferEntity } from '@mikro-orm/core';
import { defaultExpiry, defaultScopes, type Scope } from '@rsolv/shared/contract/api-key';
import { InvalidInputError } from '@rsolv/shared/errors/platform-error';
import { ApiKeyExistsError, ApiKeyQuotaExceededError } from '@rsolv/shared/errors/record-errors';
import type { RepositoryRef } from '@rsolv/shared/contract/repository-input';
import { uuidv7 } from 'uuidv7';
import type { Actor } from '../audit/actor.ts';
import { recordAct } from '../audit/record-act.ts';
import type { EntityManager } from '../database/open-database.ts';
import { ApiKey, type WorkflowRun } from '../entities/api-key.ts';
import type { Customer } from '../entities/customer.ts';
import { lockCustomer } from './lock-customer.ts';
import { maxRecordsPerCustomer } from './max-records-per-customer.ts';
import type { KeyRing } from '../access/key-ring.ts';
import { isMistyped, isWorkflowSecret, makeSecret } from '../access/secret.ts';

/** A key to create. */
export interface KeyOptions {
  readonly customer: InferEntity<typeof Customer>;
  readonly by: Actor;
  readonly name: string;
  /** Default: `defaultScopes`. */
  readonly scopes?: readonly Scope[] | undefined;
  /** The only repositories that the key may access, as `restrictionTo` names them. Default: all of the customer's. */
  readonly repositories?: readonly string[] | null | undefined;
  /** Default: in a year. Null: never. */
  readonly expiresAt?: Date | null | undefined;
  /** The id of the key that the new one replaces. Default: none. */
  readonly rotatedFrom?: string;
  /** The workflow that the key is issued to, and its repository. Default: the key is not for a workflow. */
  readonly issuedTo?: { readonly run: WorkflowRun; readonly repository: RepositoryRef };
}

/**
 * Creates an API key. Its secret is returned and not stored, so show it to the user now.
 *
 * @throws ApiKeyQuotaExceededError
 */
export async function createKey(em: EntityManager, keyRing: KeyRing, options: KeyOptions) {
  const isForWorkflow = options.issuedTo !== undefined;
  const secret = makeSecret(isForWorkflow ? 'rsolvw_' : 'rsolv_');
  const action = isForWorkflow ? 'key.exchange' : 'key.create';
  return { apiKey: await saveKey(em, keyRing, { ...options, secret, action }), secret };
}

/**
 * Imports an API key that was created elsewhere, so that its users need not change it.
 *
 * @throws ApiKeyExistsError, ApiKeyQuotaExceededError; InvalidInputError where the key has this platform's format but a wrong
 *   checksum, or has the format of a workflow's key
 */
export async function importKey(
  em: EntityManager,
  keyRing: KeyRing,
  options: KeyOptions & { readonly secret: string },
) {
  if (isMistyped(options.secret)) {
    const message = "has the format of this platform's keys, but its checksum does not match; copy the key again";
    throw new InvalidInputError([{ path: 'The key', message }]);
  }
  if (isWorkflowSecret(options.secret)) {
    throw new InvalidInputError([
      { path: 'The key', message: 'has the prefix of keys that are issued to workflows; import another key' },
    ]);
  }
  // The key may be stored with an older pepper, so the unique index on its hash does not suffice.
  if ((await em.count(ApiKey, { keyHash: { $in: [...keyRing.candidates(options.secret)] } })) > 0)
    throw new ApiKeyExistsError();
  return saveKey(em, keyRing, { ...options, action: 'key.import' });
}

interface SaveOptions extends KeyOptions {
  readonly secret: string;
  readonly action: 'key.create' | 'key.import' | 'key.exchange';
}

async function saveKey(em: EntityManager, keyRing: KeyRing, options: SaveOptions) {
  const { customer, name, secret, scopes = defaultScopes, repositories = null, expiresAt = defaultExpiry() } = options;
  const { run: issuedTo, repository } = options.issuedTo ?? { run: null };
  return em.transactional(async (tx) => {
    // Keys of workflows expire after minutes and are limited by the rate limit.
    if (issuedTo === null) await checkQuota(tx, customer.id);
    const apiKey = tx.create(ApiKey, {
      id: uuidv7(),
      customer,
      name,
      keyHash: keyRing.hash(secret),
      lastFour: secret.slice(-4),
      scopes: [...scopes],
      repositories: repositories && [...repositories],
      issuedTo,
      rotatedFrom: options.rotatedFrom ?? null,
      expiresAt,
      lastUsedAt: null,
      revokedAt: null,
    });
    const target = { ...repository, id: apiKey.id };
    recordAct(tx, options.by, { action: options.action, customerId: customer.id, target });
    try {
      await tx.persist(apiKey).flush();
    } catch (cause) {
      if (!(cause instanceof UniqueConstraintViolationException)) throw cause;
      throw new ApiKeyExistsError({ cause });
    }
    return apiKey;
  });
}

/** @throws ApiKeyQuotaExceededError */
async function checkQuota(tx: EntityManager, customerId: string): Promise<void> {
  await lockCustomer(tx, customerId);
  const validKeys = await tx.count(ApiKey, {
    customer: customerId,
    issuedTo: null,
    revokedAt: null,
    $or: [{ expiresAt: null }, { expiresAt: { $gt: new Date() } }],
  });
  if (validKeys >= maxRecordsPerCustomer) throw new ApiKeyQuotaExceededError(maxRecordsPerCustomer);
}
