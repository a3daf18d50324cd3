import type { WhoamiOutput } from '@rsolv/shared/contract/whoami';
import { authenticate } from '../access/authenticate.ts';
import type { Principal } from '../access/principal.ts';
import type { Database } from '../database/open-database.ts';
import { describeKey } from './describe-key.ts';
import { ApiKey } from '../entities/api-key.ts';
import { describeForgeAccount } from './describe-forge-account.ts';
import { maxRecordsPerCustomer } from './max-records-per-customer.ts';
import { listForgeAccounts } from './list-forge-accounts.ts';

/**
 * Returns the customer of an API key, the key, and the customer's forge accounts.
 *
 * @throws what {@link authenticate} throws
 */
export async function whoami(database: Database, principal: Principal): Promise<WhoamiOutput> {
  const { apiKeyId, customerId } = await authenticate(database.kysely, principal);
  const em = database.fork();
  const apiKey = await em.findOneOrFail(ApiKey, { id: apiKeyId }, { populate: ['customer'] });
  const { forgeAccounts } = await listForgeAccounts(database.kysely, { customerId, limit: maxRecordsPerCustomer });
  const customer = apiKey.customer.getEntity();
  return {
    customer: { id: customer.id, name: customer.name },
    apiKey: describeKey(apiKey),
    forgeAccounts: forgeAccounts.map(describeForgeAccount),
  };
}
