// Calls that administer one customer at the same time, each with an Idempotency-Key, do not wait for one another for ever.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCustomer } from '../../src/accounts/create-customer.ts';
import { createKey } from '../../src/accounts/create-key.ts';
import { findCustomer } from '../../src/accounts/find-customer.ts';
import { listKeys } from '../../src/accounts/list-keys.ts';
import { mutateOnce } from '../../src/accounts/mutate-once.ts';
import { rotateKey } from '../../src/accounts/rotate-key.ts';
import type { EntityManager } from '../../src/database/open-database.ts';
import { by, keyRing } from '@rsolv/test-harness/key-ring';
import { openTestDatabase } from '@rsolv/test-harness/platform';

const database = await openTestDatabase();
afterAll(() => database.close());

let customerId: string;
beforeAll(async () => {
  customerId = (await createCustomer(database.fork(), 'Busy', by)).id;
});

/** Makes a key once, in a unit of work of its own. */
function makeOnce(idempotencyKey: string, make: (tx: EntityManager) => ReturnType<typeof createKey>): Promise<string> {
  const call = { customerId, idempotencyKey, identity: [idempotencyKey] };
  return mutateOnce(database.fork(), call, async (tx) => ({ id: (await make(tx)).apiKey.id })).then(({ id }) => id);
}

async function createAndRotate(number: number): Promise<void> {
  const id = await makeOnce(`create-${number}`, async (tx) =>
    createKey(tx, keyRing, { customer: await findCustomer(tx, customerId), by, name: `key ${number}` }),
  );
  const rotation = { apiKeyId: id, customerId, by, overlapMs: 60_000, lostKeyId: null };
  await makeOnce(`rotate-${number}`, (tx) => rotateKey(tx, keyRing, rotation));
}

it('all succeed', async () => {
  await Promise.all(Array.from({ length: 12 }, (_, number) => createAndRotate(number)));
  const { keys } = await listKeys(database.kysely, { customerId, limit: 100 });
  expect(keys).toHaveLength(24);
});
