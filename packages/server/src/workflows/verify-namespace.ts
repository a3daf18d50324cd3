// A workflow in a namespace verifies a customer's claim to it, by an ID token whose audience is the nonce that the
// customer was given. What that proves, and what not: docs/decisions/workflow-identity.md.
import { CustomerInactiveError } from '@rsolv/shared/errors/platform-error';
import { InvalidTokenError, NamespaceMismatchError } from '@rsolv/shared/errors/workflow-error';
import type { EntityManager } from '../database/open-database.ts';
import { ForgeAccount } from '../entities/forge-account.ts';
import { lockNamespace } from '../accounts/lock-namespace.ts';
import { hashNonce } from '../accounts/request-verification.ts';
import { verifyForgeAccount } from '../accounts/verify-forge-account.ts';
import { redeemIdToken } from './redeem-id-token.ts';
import type { Exchange } from './exchange-token.ts';
import { pinRepository } from './pin-repository.ts';
import type { VerifiedToken } from './verify-id-token.ts';

/** What a token has to have as its audience. */
export const audienceOf = (publicUrl: string, nonce: string): string => `${publicUrl}/verify/${nonce}`;

/**
 * Verifies the forge account that the token's nonce was given for, and pins whose the namespace and the repository are.
 *
 * @throws InvalidTokenError, CustomerInactiveError, NamespaceMismatchError; ConflictError where somebody else holds it
 */
export async function verifyNamespace(
  em: EntityManager,
  token: VerifiedToken,
  { publicUrls, from }: Pick<Exchange, 'publicUrls' | 'from'>,
) {
  const nonce = requireNonce(token, publicUrls);
  const { repository, repositoryId, issuer, ownerId } = token;
  return em.transactional(async (tx) => {
    await redeemIdToken(tx, token);
    await lockNamespace(tx, repository);
    const account = await requireAwaited(tx, nonce);
    const { forgeType: forge, namespace } = account;
    const customer = await account.customer.loadOrFail();
    if (customer.deactivatedAt !== null) throw new CustomerInactiveError('namespace');
    if (forge !== repository.forge || namespace.toLowerCase() !== repository.namespace.toLowerCase()) {
      throw new NamespaceMismatchError({ wanted: { forge, namespace }, shown: repository });
    }
    const owner = { issuer, id: ownerId };
    const by = { ...from, actor: 'workflow', apiKeyId: null } as const;
    await verifyForgeAccount(tx, { customer, forge, namespace, verifiedBy: 'workflow', owner }, by);
    account.nonceHash = null;
    account.nonceExpiresAt = null;
    await pinRepository(tx, { customerId: customer.id, repository, repositoryId, anew: true });
    return account;
  });
}

function requireNonce({ audience }: VerifiedToken, publicUrls: Exchange['publicUrls']): string {
  const start = publicUrls.map((url) => audienceOf(url, '')).find((each) => audience.startsWith(each));
  if (start !== undefined) return audience.slice(start.length);
  throw new InvalidTokenError(
    `The ID token is for the audience ${JSON.stringify(audience)}, and a verification has ${JSON.stringify(audienceOf(publicUrls[0], 'NONCE'))}. ` +
      'Get one for the audience that POST /api/v1/forge-accounts answered with.',
  );
}

async function requireAwaited(tx: EntityManager, nonce: string) {
  const account = await tx.findOne(ForgeAccount, {
    nonceHash: hashNonce(nonce),
    nonceExpiresAt: { $gt: new Date() },
  });
  if (account !== null) return account;
  throw new InvalidTokenError(
    'Nobody awaits the nonce in the audience of the ID token: it was used, is older than 24 hours, or was replaced by a ' +
      'newer one. Ask for another with POST /api/v1/forge-accounts.',
  );
}
