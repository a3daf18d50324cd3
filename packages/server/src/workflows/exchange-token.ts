// Gives a workflow a key for its ID token: https://www.rfc-editor.org/rfc/rfc8693
// Whose the namespace is was pinned when it was verified. The token has to name the same numbers, whatever it is called.
import { LockMode, raw } from '@mikro-orm/core';
import { restrictionTo, type Scope } from '@rsolv/shared/contract/api-key';
import { CustomerInactiveError } from '@rsolv/shared/errors/platform-error';
import { workflowKeyLifetimeSeconds } from '@rsolv/shared/contract/token-exchange';
import { InvalidTokenError, NamespaceUnverifiedError, OwnerChangedError } from '@rsolv/shared/errors/workflow-error';
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

/** What a token is exchanged with. */
export interface Exchange {
  readonly keyRing: KeyRing;
  /** What this platform is called by those who use it, the first as it is told. */
  readonly publicUrls: readonly [string, ...string[]];
  /** What the key may do; undefined: all that a workflow may. */
  readonly scopes: readonly Scope[] | undefined;
  readonly from: Origin;
  /** Whether the customer may still make calls; throws where it may not. */
  readonly admit: (customerId: string) => void;
}

/**
 * Makes a key for the repository that the token names, if its customer holds the namespace as it is now. The same token
 * within a minute, after an answer that was lost, revokes the key that it got before.
 *
 * @throws InvalidTokenError, CustomerInactiveError, NamespaceUnverifiedError, OwnerChangedError, RepositoryChangedError,
 *   what `admit` throws
 */
export async function exchangeToken(em: EntityManager, token: VerifiedToken, exchange: Exchange) {
  const { keyRing, publicUrls, scopes, from, admit } = exchange;
  if (!publicUrls.includes(token.audience)) {
    throw new InvalidTokenError(
      `The ID token is for the audience ${JSON.stringify(token.audience)}, and this platform is ${JSON.stringify(publicUrls[0])}. Get one for that.`,
    );
  }
  const { repository, repositoryId, run } = token;
  return em.transactional(async (tx) => {
    const earlierKeyId = await redeemForExchange(tx, token);
    const customer = await requireHolder(tx, token);
    admit(customer.id);
    await pinRepository(tx, { customerId: customer.id, repository, repositoryId, anew: false });
    const restriction = restrictionTo(repository);
    const by = { ...from, actor: 'workflow', apiKeyId: null } as const;
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
 * The customer who holds the namespace itself: one that lies in a group has numbers of its own, and whoever made it anew
 * in there would have others.
 */
async function requireHolder(tx: EntityManager, { repository, ownerId, issuer }: WorkflowIdentity) {
  const { forge, namespace } = repository;
  const account = await tx.findOne(
    ForgeAccount,
    { forgeType: forge, [raw(folded('namespace'))]: namespace.toLowerCase(), verifiedAt: { $ne: null } },
    // Nobody verifies it anew in between.
    { lockMode: LockMode.PESSIMISTIC_READ },
  );
  if (account === null || account.ownerId === null) {
    throw new NamespaceUnverifiedError({ forge, namespace }, account !== null);
  }
  if (account.ownerId !== ownerId || account.issuer !== issuer) {
    throw new OwnerChangedError({ forge, namespace, shown: { issuer, id: ownerId } });
  }
  const customer = await account.customer.loadOrFail();
  if (customer.deactivatedAt !== null) throw new CustomerInactiveError('namespace');
  return customer;
}
