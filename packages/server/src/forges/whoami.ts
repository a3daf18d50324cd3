import type { WhoamiOutput } from '@rsolv/shared/whoami';
import { authenticate, type PresentedKey } from '../customers/authenticate.ts';
import type { Database } from '../database.ts';
import { ApiKey } from '../entities/api-key.ts';
import { listForgeAccounts } from './list-forge-accounts.ts';

/**
 * Who a key speaks for, and which namespaces it may reach.
 *
 * @throws what {@link authenticate} throws
 */
export async function whoami(database: Database, presentedKey: PresentedKey): Promise<WhoamiOutput> {
  const { apiKeyId, customerId } = await authenticate(database.kysely, presentedKey);
  const em = database.fork();
  const apiKey = await em.findOneOrFail(ApiKey, { id: apiKeyId }, { populate: ['customer'] });
  const forgeAccounts = await listForgeAccounts(em, customerId);
  const customer = apiKey.customer.getEntity();
  return {
    customer: { id: customer.id, name: customer.name },
    apiKey: {
      id: apiKey.id,
      name: apiKey.name,
      lastFour: apiKey.lastFour,
      createdAt: apiKey.createdAt,
      expiresAt: apiKey.expiresAt,
    },
    forgeAccounts: forgeAccounts.map(({ id, forgeType, namespace, verifiedAt }) => ({
      id,
      forge: forgeType,
      namespace,
      verified: verifiedAt !== null,
      verifiedAt,
    })),
  };
}
