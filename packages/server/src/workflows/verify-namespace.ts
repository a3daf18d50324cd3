// A workflow verifies the namespace that it runs in for a customer: its ID token has an audience with the nonce that the
// customer got. What that proves, and what it does not: docs/decisions/workflow-identity.md.
import { raw } from '@mikro-orm/core';
import { CustomerInactiveError } from '@rsolv/shared/errors/access-errors';
import { InvalidTokenError, NamespaceMismatchError } from '@rsolv/shared/errors/workflow-errors';
import type { EntityManager } from '../database/open-database.ts';
import { folded } from '../entities/folded.ts';
import { ForgeAccount } from '../entities/forge-account.ts';
import { lockNamespace } from '../accounts/lock-namespace.ts';
import { findEarlierCall, mutateOnce, type RepeatableCall } from '../accounts/mutate-once.ts';
import { hashNonce } from '../accounts/request-verification.ts';
import { verifyForgeAccount } from '../accounts/verify-forge-account.ts';
import { redeemIdToken, tokenUsedError } from './redeem-id-token.ts';
import type { Exchange } from './exchange-token.ts';
import { pinRepository } from './pin-repository.ts';
import type { VerifiedToken } from './verify-id-token.ts';

/** The audience that the ID token must have. */
export const audienceOf = (publicUrl: string, nonce: string): string => `${publicUrl}/verify/${nonce}`;

/**
 * Verifies the forge account that the token's nonce was issued for, and records the ids of the namespace's owner and of the
 * repository.
 *
 * @throws InvalidTokenError, CustomerInactiveError, NamespaceMismatchError; NamespaceTakenError where another customer has
 *   verified the namespace
 */
export async function verifyNamespace(
  em: EntityManager,
  token: VerifiedToken,
  { publicUrls, from, idempotencyKey }: Pick<Exchange, 'publicUrls' | 'from'> & Pick<RepeatableCall, 'idempotencyKey'>,
) {
  const nonce = requireNonce(token, publicUrls);
  const { repository, repositoryId, issuer, ownerId } = token;
  return em.transactional(async (tx) => {
    const identity = ['forge_account.verify', issuer, token.tokenId];
    if (!(await redeemIdToken(tx, token))) return findRepeated(tx, token, { idempotencyKey, identity });
    await lockNamespace(tx, repository);
    const account = await findByNonce(tx, nonce);
    const { forgeType: forge, namespace } = account;
    const customer = await account.customer.loadOrFail();
    if (customer.deactivatedAt !== null) throw new CustomerInactiveError('namespace');
    if (forge !== repository.forge || namespace.toLowerCase() !== repository.namespace.toLowerCase()) {
      throw new NamespaceMismatchError({ requested: { forge, namespace }, actual: repository });
    }
    const owner = { issuer, id: ownerId };
    const by = { ...from, actor: 'workflow', apiKeyId: null } as const;
    await verifyForgeAccount(tx, { customer, forge, namespace, verifiedBy: 'workflow', owner }, by);
    account.nonceHash = null;
    account.nonceExpiresAt = null;
    await pinRepository(tx, { customerId: customer.id, repository, repositoryId, issuer, replace: true }, by);
    await mutateOnce(tx, { customerId: customer.id, idempotencyKey, identity }, () => Promise.resolve(account));
    return account;
  });
}

function requireNonce({ audience }: VerifiedToken, publicUrls: Exchange['publicUrls']): string {
  const start = publicUrls.map((url) => audienceOf(url, '')).find((each) => audience.startsWith(each));
  if (start !== undefined) return audience.slice(start.length);
  throw new InvalidTokenError(
    `The ID token has the audience ${JSON.stringify(audience)}; a verification needs ${JSON.stringify(audienceOf(publicUrls[0], '<nonce>'))}. ` +
      'Request a token with the audience in the response of POST /api/v1/forge-accounts.',
  );
}

/**
 * Finds the forge account that the same call verified, whose response was lost.
 *
 * @throws InvalidTokenError where another call has used the token
 */
async function findRepeated(
  tx: EntityManager,
  { repository: { forge, namespace } }: VerifiedToken,
  call: Omit<RepeatableCall, 'customerId'>,
) {
  const account = await tx.findOne(ForgeAccount, {
    forgeType: forge,
    [raw(folded('namespace'))]: namespace.toLowerCase(),
    verifiedAt: { $ne: null },
  });
  const { idempotencyKey, identity } = call;
  if (account === null || idempotencyKey === null) throw tokenUsedError();
  const earlierId = await findEarlierCall(tx, { customerId: account.customer.id, idempotencyKey, identity });
  if (earlierId !== account.id) throw tokenUsedError();
  return account;
}

/** @throws InvalidTokenError where no forge account has the nonce */
async function findByNonce(tx: EntityManager, nonce: string) {
  const account = await tx.findOne(ForgeAccount, {
    nonceHash: hashNonce(nonce),
    nonceExpiresAt: { $gt: new Date() },
  });
  if (account !== null) return account;
  throw new InvalidTokenError(
    'The nonce in the audience of the ID token is not valid: it was used, is older than 24 hours, or was replaced by a newer ' +
      'one. Request a new verification with POST /api/v1/forge-accounts.',
  );
}
