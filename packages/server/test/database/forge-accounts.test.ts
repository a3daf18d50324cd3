import { afterAll, describe, expect, it } from 'vitest';
import { createCustomer } from '../../src/accounts/create-customer.ts';
import { findCustomer } from '../../src/accounts/find-customer.ts';
import { listCustomers } from '../../src/accounts/list-customers.ts';
import { listKeys } from '../../src/accounts/list-keys.ts';
import { ApiKeyUnknownError } from '@rsolv/shared/errors/access-errors';
import { ConflictError, RecordNotFoundError } from '@rsolv/shared/errors/platform-error';
import { requireAccess } from '../../src/access/forge-access.ts';
import { addForgeAccount } from '../../src/accounts/add-forge-account.ts';
import { listForgeAccounts } from '../../src/accounts/list-forge-accounts.ts';
import { removeForgeAccount } from '../../src/accounts/remove-forge-account.ts';
import { setUpCustomer } from '../../src/accounts/set-up-customer.ts';
import { verifyForgeAccount } from '../../src/accounts/verify-forge-account.ts';
import { whoami } from '../../src/accounts/whoami.ts';
import { by, principalWith, keyRing } from '@rsolv/test-harness/key-ring';
import { openTestDatabase } from '@rsolv/test-harness/platform';

const database = await openTestDatabase();
afterAll(() => database.close());

/** Lists the forge accounts of a customer, or of all customers. */
const list = async (customerId: string | null) =>
  (await listForgeAccounts(database.kysely, { customerId, limit: 1000 })).forgeAccounts;

/** Counts the customers and the API keys. */
async function counts() {
  const limit = 1000;
  const { customers } = await listCustomers(database.kysely, { limit });
  const { keys } = await listKeys(database.kysely, { customerId: null, limit });
  return [customers.length, keys.length];
}

let customers = 0;

/** Creates a customer, and returns functions that add and verify its forge account for a namespace. */
async function accountFor(namespace: string) {
  const em = database.fork();
  const customer = await createCustomer(em, `customer ${customers++}`, by);
  const ref = { customer, forge: 'github', namespace } as const;
  return { em, ref, add: () => addForgeAccount(em, ref, by), verify: () => verifyForgeAccount(em, ref, by) };
}

describe('a forge account', () => {
  it('is added, verified, listed and removed, case-insensitively', async () => {
    const { em, ref, add } = await accountFor('Acme');
    expect(await add()).toMatchObject({ namespace: 'Acme', verifiedAt: null });
    const lower = { ...ref, namespace: 'acme' };
    const { verifiedAt } = await verifyForgeAccount(em, lower, by);
    expect(verifiedAt).toBeInstanceOf(Date);
    expect((await verifyForgeAccount(database.fork(), lower, by)).verifiedAt).toEqual(verifiedAt);
    const listed = await list(ref.customer.id);
    expect(listed).toMatchObject([{ namespace: 'Acme', forgeType: 'github', verifiedAt, customerId: ref.customer.id }]);
    expect((await list(null)).length).toBeGreaterThan(0);
    expect(await removeForgeAccount(em, { ...ref, namespace: 'ACME' }, by)).toMatchObject({ namespace: 'Acme' });
    expect(await list(ref.customer.id)).toEqual([]);
  });

  it('is added once, whatever its letter case', async () => {
    const { ref, add } = await accountFor('Once');
    await add();
    for (const namespace of ['Once', 'once', 'ONCE']) {
      const again = addForgeAccount(database.fork(), { ...ref, namespace }, by);
      await expect(again).rejects.toBeInstanceOf(ConflictError);
      await expect(again).rejects.toThrow(namespace);
    }
  });

  it('passes on other errors of the database', async () => {
    await expect((await accountFor('a\0b')).add()).rejects.not.toBeInstanceOf(ConflictError);
  });

  it('can be neither verified nor removed if it does not exist', async () => {
    const { em, ref, verify } = await accountFor('missing');
    for (const [attempt, command] of [
      [verify(), 'add'],
      [removeForgeAccount(em, ref, by), 'list'],
    ] as const) {
      await expect(attempt).rejects.toBeInstanceOf(RecordNotFoundError);
      await expect(attempt).rejects.toThrow(`rsolv forge ${command} --customer "${ref.customer.name}"`);
    }
  });
});

describe('a namespace that two customers have added', () => {
  it.each([
    ['in one spelling', 'Wanted', 'Wanted'],
    ['in different letter case', 'Desired', 'dEsIrEd'],
  ])('%s is verified for one of them only, until its account is removed', async (_name, one, other) => {
    const [first, second] = [await accountFor(one), await accountFor(other)];
    await first.add();
    await second.add();
    await first.verify();
    const attempt = verifyForgeAccount(database.fork(), second.ref, by);
    await expect(attempt).rejects.toBeInstanceOf(ConflictError);
    await expect(attempt).rejects.toThrow(`"${other}"`);
    await removeForgeAccount(database.fork(), first.ref, by);
    expect(await verifyForgeAccount(database.fork(), second.ref, by)).toMatchObject({ namespace: other });
  });

  it('is verified for one of ten that verify it concurrently', async () => {
    const spellings = ['Raced', 'raced', 'RACED', 'rAced', 'raCed', 'racEd', 'raceD', 'RAced', 'RACed', 'RACEd'];
    const accounts = await Promise.all(spellings.map((spelling) => accountFor(spelling)));
    await Promise.all(accounts.map(({ add }) => add()));
    const outcomes = await Promise.allSettled(accounts.map(({ verify }) => verify()));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const reasons = outcomes.flatMap((outcome): unknown[] => (outcome.status === 'rejected' ? [outcome.reason] : []));
    for (const reason of reasons) expect(reason).toBeInstanceOf(ConflictError);
    const verified = (await list(null)).filter(
      ({ namespace, verifiedAt }) => namespace.toLowerCase() === 'raced' && verifiedAt !== null,
    );
    expect(verified).toHaveLength(1);
  });

  it('passes on other errors of a verification', async () => {
    const { em, ref, add } = await accountFor('gone');
    const account = await add();
    account.namespace = 'a\0b';
    await expect(verifyForgeAccount(em, ref, by)).rejects.not.toBeInstanceOf(ConflictError);
  });
});

describe('setUpCustomer', () => {
  const options = { by, customerName: 'set up', forge: 'github', namespace: 'SetUp' } as const;

  it('creates a customer, a key and a verified forge account', async () => {
    const made = await setUpCustomer(database.fork(), keyRing, options);
    expect(await whoami(database, principalWith(made.apiKey))).toMatchObject({
      customer: { id: made.customerId, name: 'set up' },
      apiKey: {
        id: made.apiKeyId,
        name: 'setup',
        scopes: ['phases:read', 'phases:write'],
        expiresAt: expect.any(Date),
      },
      forgeAccounts: [{ id: made.forgeAccountId, namespace: 'SetUp', verified: true }],
    });
  });

  it('creates only a key when it is repeated', async () => {
    const first = await setUpCustomer(database.fork(), keyRing, options);
    const second = await setUpCustomer(database.fork(), keyRing, { ...options, namespace: 'setup' });
    expect(second).toEqual({ ...first, apiKeyId: second.apiKeyId, apiKey: second.apiKey });
    expect(second.apiKey).not.toBe(first.apiKey);
  });

  it('rolls back if another customer has verified the namespace', async () => {
    await setUpCustomer(database.fork(), keyRing, { ...options, namespace: 'held' });
    const before = await counts();
    const attempt = setUpCustomer(database.fork(), keyRing, {
      ...options,
      customerName: 'too late',
      namespace: 'HELD',
    });
    await expect(attempt).rejects.toBeInstanceOf(ConflictError);
    await expect(findCustomer(database.fork(), 'too late')).rejects.toBeInstanceOf(RecordNotFoundError);
    const after = await counts();
    expect(after).toEqual(before);
  });
});

it.each(['SCOPE_MISSING', 'REPOSITORY_NOT_ALLOWED', 'FORGE_ACCOUNT_MISSING', 'FORGE_ACCOUNT_UNVERIFIED'] as const)(
  'reports a key that is deleted while its request is refused with %s as unknown',
  async (refusal) => {
    const row = { refusal, api_key_id: '', customer_id: '', expires_at: null, is_hash_current: true } as const;
    const request = {
      principal: principalWith('gone'),
      scope: 'phases:read',
      repository: { forge: 'github', namespace: 'o', name: 'r' },
    } as const;
    await expect(requireAccess(database.kysely, request, row)).rejects.toBeInstanceOf(ApiKeyUnknownError);
  },
);
