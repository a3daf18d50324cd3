import { openDatabase } from '@rsolv/server/database/open-database';
import { setUpCustomer } from '@rsolv/server/accounts/set-up-customer';
import { by, keyRing } from './key-ring.ts';

/** Sets up the customer "Acme" with a namespace in a PostgreSQL database, and returns its API key. */
export async function setUpKey(url: string, namespace: string): Promise<string> {
  const database = await openDatabase({ kind: 'postgres', url, poolSize: 1, timeoutMs: 10_000 });
  const options = { by, customerName: 'Acme', forge: 'github', namespace } as const;
  const { apiKey } = await setUpCustomer(database.fork(), keyRing, options);
  await database.close();
  return apiKey;
}
