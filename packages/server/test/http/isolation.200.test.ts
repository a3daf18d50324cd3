// A customer reads only what it stored itself, whoever has verified the namespace.
import { expect, it } from 'vitest';
import { createKey } from '../../src/accounts/create-key.ts';
import { findCustomer } from '../../src/accounts/find-customer.ts';
import { addForgeAccount } from '../../src/accounts/add-forge-account.ts';
import { removeForgeAccount } from '../../src/accounts/remove-forge-account.ts';
import { verifyForgeAccount } from '../../src/accounts/verify-forge-account.ts';
import { expectError, goodBody, retrieve, retrieveGood, storeGood } from '@rsolv/test-harness/calls';
import { by, keyRing } from '@rsolv/test-harness/key-ring';
import { makeCustomer, testPlatform, type TestCustomer } from '@rsolv/test-harness/platform';

const platform = await testPlatform();

async function account(customer: TestCustomer, namespace = customer.namespace) {
  const em = platform.database.fork();
  const ref = { customer: await findCustomer(em, customer.id), forge: 'github', namespace } as const;
  return {
    claim: async () => void (await addForgeAccount(em, ref, by)),
    hold: async () => void (await verifyForgeAccount(em, ref, by)),
    remove: async () => void (await removeForgeAccount(em, ref, by)),
  };
}

async function storeAll(customer: TestCustomer, from: string) {
  for (const phase of ['scan', 'validation', 'mitigation'])
    await storeGood(platform, customer, { phase, data: { from } });
}

const everythingFrom = (from: string) => ({
  scan: { from },
  validation: { 'issue-42': { from } },
  mitigation: { 'issue-42': { from } },
});

/** With an issue, and without one. */
async function retrieveBoth(customer: TestCustomer) {
  const { repo, commitSha } = goodBody(customer);
  const all = await retrieve(platform, customer, { repo, commit: commitSha });
  return [await retrieveGood(platform, customer), all.body];
}

it('isolates the data of a namespace that moves to another customer and back', async () => {
  const first = await makeCustomer(platform, { namespace: 'Shared' });
  const second = await makeCustomer(platform, { namespace: 'shared', account: 'unverified' });
  await storeAll(first, 'first');
  const { repo, commitSha: commit } = goodBody(first);

  expectError(await retrieve(platform, second, { repo, commit }), 403, 'FORGE_ACCOUNT_UNVERIFIED');
  await expect((await account(second)).hold()).rejects.toThrow('Another customer has verified');
  expectError(await retrieve(platform, second, { repo, commit }), 403, 'FORGE_ACCOUNT_UNVERIFIED');

  await (await account(first)).remove();
  expectError(await retrieve(platform, first, { repo, commit }), 403, 'FORGE_ACCOUNT_MISSING');
  await (await account(second)).hold();
  expect(await retrieveBoth(second)).toEqual([{}, {}]);

  await storeAll(second, 'second');
  expect(await retrieveBoth(second)).toEqual([everythingFrom('second'), everythingFrom('second')]);
  await (await account(first)).claim();
  expectError(await retrieve(platform, first, { repo, commit }), 403, 'FORGE_ACCOUNT_UNVERIFIED');

  await (await account(second)).remove();
  await (await account(first)).hold();
  expect(await retrieveBoth(first)).toEqual([everythingFrom('first'), everythingFrom('first')]);
  expectError(await retrieve(platform, second, { repo, commit }), 403, 'FORGE_ACCOUNT_MISSING');
});

it('keeps the data of the first customer when the second one is deleted', async () => {
  const first = await makeCustomer(platform, { namespace: 'inherited' });
  const second = await makeCustomer(platform, { namespace: 'inherited', account: 'unverified' });
  await storeAll(first, 'first');
  await (await account(first)).remove();
  await (await account(second)).hold();
  await storeAll(second, 'second');
  await platform.database.kysely.deleteFrom('customers').where('id', '=', second.id).execute();
  const again = await account(first);
  await again.claim();
  await again.hold();
  expect(await retrieveBoth(first)).toEqual([everythingFrom('first'), everythingFrom('first')]);
});

it('keeps the data of the second customer when the first one is deleted', async () => {
  const first = await makeCustomer(platform, { namespace: 'left' });
  const second = await makeCustomer(platform, { namespace: 'left', account: 'unverified' });
  await storeAll(first, 'first');
  await (await account(first)).remove();
  await (await account(second)).hold();
  await storeAll(second, 'second');
  await platform.database.kysely.deleteFrom('customers').where('id', '=', first.id).execute();
  expect(await retrieveBoth(second)).toEqual([everythingFrom('second'), everythingFrom('second')]);
});

it('treats equal names in two namespaces as two repositories', async () => {
  const customer = await makeCustomer(platform);
  const other = await makeCustomer(platform);
  await storeAll(customer, 'one');
  await storeAll(other, 'other');
  expect(await retrieveBoth(customer)).toEqual([everythingFrom('one'), everythingFrom('one')]);
  expect(await retrieveBoth(other)).toEqual([everythingFrom('other'), everythingFrom('other')]);
});

it('gives two keys of one customer access to the same data', async () => {
  const customer = await makeCustomer(platform);
  const em = platform.database.fork();
  const owner = await findCustomer(em, customer.id);
  const { secret } = await createKey(em, keyRing, { by, customer: owner, name: 'second', expiresAt: null });
  await storeAll(customer, 'first key');
  expect(await retrieveGood(platform, { ...customer, apiKey: secret })).toEqual(everythingFrom('first key'));
});
