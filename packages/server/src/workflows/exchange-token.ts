// Exchanges the ID token of a workflow for an API key: https://www.rfc-editor.org/rfc/rfc8693
// The ids of the namespace's owner and of the repository were recorded when they were first seen. The token must contain the
// same ids, so that whoever takes over an abandoned name gets no access.
import { LockMode, raw } from '@mikro-orm/core';
import { restrictionTo, type Scope } from '@rsolv/shared/contract/api-key';
import { CustomerInactiveError } from '@rsolv/shared/errors/access-errors';
import { workflowKeyLifetimeSeconds } from '@rsolv/shared/contract/token-exchange';
import { InvalidTokenError, NamespaceUnverifiedError, OwnerChangedError } from '@rsolv/shared/errors/workflow-errors';
import type { Origin } from '../audit/actor.ts';
import { createKey } from '../accounts/create-key.ts';
import { revokeKey } from '../accounts/revoke-key.ts';
import type { KeyRing } from '../access/key-ring.ts';
import type { EntityManager } from '../database/open-database.ts';
import { folded } from '../entities/folded.ts';
import { ForgeAccount } from '../entities/forge-account.ts';
import { recordExchange, redeemForExchange } from './redeem-id-token.ts';
import type { WorkflowIdentity } from './claims.ts';
import { pinRepository } from './pin-repository.ts';
import type { VerifiedToken } from './verify-id-token.ts';

/** The parameters of a token exchange. */
export interface Exchange {
  readonly keyRing: KeyRing;
  /** The URLs of this platform, each a valid audience of a token. Messages show the first. */
  readonly publicUrls: readonly [string, ...string[]];
  /** The scopes of the key; undefined: all that a workflow's key can have. */
  readonly scopes: readonly Scope[] | undefined;
  readonly from: Origin;
  /** Counts the call against the customer's rate limit; throws where that is exceeded. */
  readonly admit: (customerId: string) => void;
}

/**
 * Creates a key for the repository that the token names, for the customer that has verified its namespace. If the same token
 * is exchanged again within a minute, because the first response was lost, the first key is revoked.
 *
 * @throws InvalidTokenError, CustomerInactiveError, NamespaceUnverifiedError, OwnerChangedError, RepositoryChangedError,
 *   or what `admit` throws
 */
export async function exchangeToken(em: EntityManager, token: VerifiedToken, exchange: Exchange) {
  const { keyRing, publicUrls, scopes, from, admit } = exchange;
  if (!publicUrls.includes(token.audience)) {
    throw new InvalidTokenError(
      `The ID token has the audience ${JSON.stringify(token.audience)}. Request one with this platform's audience, ${JSON.stringify(publicUrls[0])}.`,
    );
  }
  const { repository, repositoryId, issuer, run } = token;
  return em.transactional(async (tx) => {
    const earlierKeyId = await redeemForExchange(tx, token);
    const customer = await requireCustomer(tx, token);
    admit(customer.id);
    const by = { ...from, actor: 'workflow', apiKeyId: null } as const;
    await pinRepository(tx, { customerId: customer.id, repository, repositoryId, issuer, replace: false }, by);
    const restriction = restrictionTo(repository);
    if (earlierKeyId !== null) await revokeKey(tx, { apiKeyId: earlierKeyId }, by);
    const expiresAt = new Date(Date.now() + workflowKeyLifetimeSeconds * 1000);
    const { apiKey, secret } = await createKey(tx, keyRing, {
      customer,
      by,
      name: `workflow of ${restriction}`,
      scopes: scopes && [...new Set(scopes)],
      repositories: [restriction],
      expiresAt,
      issuedTo: { run, repository },
    });
    await recordExchange(tx, token, apiKey.id);
    return { apiKey, secret, repository: restriction, expiresAt };
  });
}

/**
 * Finds the customer that has verified the namespace itself. A group that contains it is not enough: a subgroup that was
 * deleted and created again has another id than the one that the customer knew.
 */
async function requireCustomer(tx: EntityManager, { repository, ownerId, issuer }: WorkflowIdentity) {
  const { forge, namespace } = repository;
  const account = await tx.findOne(
    ForgeAccount,
    { forgeType: forge, [raw(folded('namespace'))]: namespace.toLowerCase(), verifiedAt: { $ne: null } },
    // Blocks a concurrent verification of the namespace until the key is created.
    { lockMode: LockMode.PESSIMISTIC_READ },
  );
  if (account === null || account.ownerId === null) {
    throw new NamespaceUnverifiedError({ forge, namespace }, account !== null);
  }
  if (account.ownerId !== ownerId || account.issuer !== issuer) {
    throw new OwnerChangedError({ forge, namespace, owner: { issuer, id: ownerId } });
  }
  const customer = await account.customer.loadOrFail();
  if (customer.deactivatedAt !== null) throw new CustomerInactiveError('namespace');
  return customer;
}
