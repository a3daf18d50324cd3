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

/** Whose a key is to be, by whom, what it is called, what it may do and how long it counts. */
export interface KeyOptions {
  readonly customer: InferEntity<typeof Customer>;
  readonly by: Actor;
  readonly name: string;
  /** Default: read and write. */
  readonly scopes?: readonly Scope[] | undefined;
  /** The only repositories that it may reach, as `restrictionTo` names them. Default: all of the customer's. */
  readonly repositories?: readonly string[] | null | undefined;
  /** Default: in a year. Null: never. */
  readonly expiresAt?: Date | null | undefined;
  /** The workflow that gets it for a token, and its repository. Default: it is a person's. */
  readonly issuedTo?: { readonly run: WorkflowRun; readonly repository: RepositoryRef };
}

/**
 * Makes a key. The secret in the answer is kept nowhere: show it now or never.
 *
 * @throws ConflictError where the customer has too many
 */
export async function createKey(em: EntityManager, keyRing: KeyRing, options: KeyOptions) {
  const isForWorkflow = options.issuedTo !== undefined;
  const secret = makeSecret(isForWorkflow ? 'rsolvw_' : 'rsolv_');
  const action = isForWorkflow ? 'key.exchange' : 'key.create';
  return { apiKey: await keep(em, keyRing, { ...options, secret, action }), secret };
}

/**
 * Lets a key that exists elsewhere count here, so that its holder keeps the secret.
 *
 * @throws ConflictError where it counts already, for whichever customer, or the customer has too many; InvalidInputError where it looks like a key of
 *   this platform's making but was mistyped, or like a workflow's
 */
export async function importKey(
  em: EntityManager,
  keyRing: KeyRing,
  options: KeyOptions & { readonly secret: string },
) {
  if (isMistyped(options.secret)) {
    const message = "looks like one of this platform's making, but its checksum doesn't fit; copy it again";
    throw new InvalidInputError([{ path: 'The key', message }]);
  }
  if (isWorkflowSecret(options.secret)) {
    throw new InvalidInputError([
      { path: 'The key', message: 'begins as those do that workflows get; choose another' },
    ]);
  }
  // It may count already under an older pepper, which the unique index can't tell.
  if ((await em.count(ApiKey, { keyHash: { $in: [...keyRing.candidates(options.secret)] } })) > 0)
    throw new ApiKeyExistsError();
  return keep(em, keyRing, { ...options, action: 'key.import' });
}

interface KeepOptions extends KeyOptions {
  readonly secret: string;
  readonly action: 'key.create' | 'key.import' | 'key.exchange';
}

async function keep(em: EntityManager, keyRing: KeyRing, options: KeepOptions) {
  const { customer, name, secret, scopes = defaultScopes, repositories = null, expiresAt = defaultExpiry() } = options;
  const { run: issuedTo, repository } = options.issuedTo ?? { run: null };
  return em.transactional(async (tx) => {
    // Workflows' keys are soon over by themselves.
    if (issuedTo === null) await requireRoom(tx, customer.id);
    const apiKey = tx.create(ApiKey, {
      id: uuidv7(),
      customer,
      name,
      keyHash: keyRing.hash(secret),
      lastFour: secret.slice(-4),
      scopes: [...scopes],
      repositories: repositories && [...repositories],
      issuedTo,
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

/** @throws ConflictError where the customer has as many keys as it can have */
async function requireRoom(tx: EntityManager, customerId: string): Promise<void> {
  await lockCustomer(tx, customerId);
  const counting = await tx.count(ApiKey, {
    customer: customerId,
    issuedTo: null,
    revokedAt: null,
    $or: [{ expiresAt: null }, { expiresAt: { $gt: new Date() } }],
  });
  if (counting >= maxRecordsPerCustomer) throw new ApiKeyQuotaExceededError(maxRecordsPerCustomer);
}
