import { afterAll, describe, expect, it } from 'vitest';
import { authenticate } from '../../src/access/authenticate.ts';
import { listAuditEvents } from '../../src/audit/list-audit-events.ts';
import { createCustomer } from '../../src/accounts/create-customer.ts';
import { createKey, importKey } from '../../src/accounts/create-key.ts';
import { customerNames } from '../../src/accounts/customer-names.ts';
import { findCustomer } from '../../src/accounts/find-customer.ts';
import { listCustomers } from '../../src/accounts/list-customers.ts';
import { listKeys } from '../../src/accounts/list-keys.ts';
import { renameCustomer } from '../../src/accounts/rename-customer.ts';
import { revokeKey } from '../../src/accounts/revoke-key.ts';
import { setCustomerActive } from '../../src/accounts/set-customer-active.ts';
import { ConflictError, RecordNotFoundError } from '@rsolv/shared/errors/platform-error';
import { by, principalWith, keyRing } from '@rsolv/test-harness/key-ring';
import { openTestDatabase } from '@rsolv/test-harness/platform';

const database = await openTestDatabase();
afterAll(() => database.close());

const missing = '01890000-0000-7000-8000-000000000000';

describe('customers', () => {
  it('finds customers by name and id, and lists them by name', async () => {
    for (const name of ['Zoë', 'acme "Ltd."', 'Acme'])
      expect(await createCustomer(database.fork(), name, by)).toMatchObject({ name, deactivatedAt: null });
    const customer = await findCustomer(database.fork(), 'Zoë');
    expect(customer).toMatchObject({ name: 'Zoë', deactivatedAt: null, createdAt: expect.any(Date) });
    expect((await findCustomer(database.fork(), customer.id)).name).toBe('Zoë');
    const { customers } = await listCustomers(database.kysely, { limit: 10 });
    expect(customers.map(({ name }) => name)).toEqual(['Acme', 'Zoë', 'acme "Ltd."']);
    expect(customers).toMatchObject([
      { id: expect.any(String), deactivatedAt: null, createdAt: expect.any(Date) },
      {},
      {},
    ]);
  });

  it('refuses a second customer of the same name', async () => {
    await createCustomer(database.fork(), 'twice', by);
    const again = createCustomer(database.fork(), 'twice', by);
    await expect(again).rejects.toBeInstanceOf(ConflictError);
    await expect(again).rejects.toThrow('"twice"');
  });

  it('renames a customer, unless another one has the name', async () => {
    const { id } = await createCustomer(database.fork(), 'before', by);
    await createCustomer(database.fork(), 'taken', by);
    const rename = (nameOrId: string, name: string) => renameCustomer(database.fork(), { nameOrId, name, by });
    expect(await rename('before', 'after')).toMatchObject({ id, name: 'after' });
    expect((await findCustomer(database.fork(), 'after')).id).toBe(id);
    await expect(rename('before', 'again')).rejects.toBeInstanceOf(RecordNotFoundError);
    await expect(rename(id, 'taken')).rejects.toBeInstanceOf(ConflictError);
    await expect(rename(id, 'a\0b')).rejects.not.toBeInstanceOf(ConflictError);
    expect((await findCustomer(database.fork(), id)).name).toBe('after');
    const { events } = await listAuditEvents(database.kysely, { customerId: id, limit: 9, action: 'customer.rename' });
    expect(events).toMatchObject([{ outcome: 'allowed', target_id: id }]);
  });

  it('passes on other errors of the database', async () => {
    await expect(createCustomer(database.fork(), 'a\0b', by)).rejects.not.toBeInstanceOf(ConflictError);
  });

  it.each(['nobody', missing])('reports an unknown customer "%s"', async (nameOrId) => {
    await expect(findCustomer(database.fork(), nameOrId)).rejects.toBeInstanceOf(RecordNotFoundError);
    const deactivation = setCustomerActive(database.fork(), { nameOrId: nameOrId, active: false, by });
    await expect(deactivation).rejects.toBeInstanceOf(RecordNotFoundError);
    await expect(deactivation).rejects.toThrow('rsolv customer list');
  });

  it('keeps the time of the first deactivation, and clears it on activation', async () => {
    const { id } = await createCustomer(database.fork(), 'on and off', by);
    const { deactivatedAt } = await setCustomerActive(database.fork(), { nameOrId: 'on and off', active: false, by });
    expect(deactivatedAt).toBeInstanceOf(Date);
    await setCustomerActive(database.fork(), { nameOrId: id, active: false, by });
    expect((await findCustomer(database.fork(), id)).deactivatedAt).toEqual(deactivatedAt);
    await setCustomerActive(database.fork(), { nameOrId: id, active: true, by });
    expect((await findCustomer(database.fork(), id)).deactivatedAt).toBeNull();
  });
});

describe('keys', () => {
  const owner = async (name: string) => {
    const em = database.fork();
    return { em, customer: await createCustomer(em, name, by) };
  };

  it('returns a new key once and stores its hash', async () => {
    const { em, customer } = await owner('with a key');
    const { apiKey, secret } = await createKey(em, keyRing, { by, customer, name: 'ci', expiresAt: null });
    expect(secret).toMatch(/^rsolv_[0-9A-Za-z]{49}$/);
    expect(apiKey.lastFour).toBe(secret.slice(-4));
    const row = await database.kysely
      .selectFrom('api_keys')
      .selectAll()
      .where('id', '=', apiKey.id)
      .executeTakeFirstOrThrow();
    expect(Buffer.from(row.key_hash)).toHaveLength(32);
    expect(JSON.stringify(row)).not.toContain(secret.slice(0, -4));
    expect(await authenticate(database.kysely, principalWith(secret))).toMatchObject({
      apiKeyId: apiKey.id,
      customerId: customer.id,
    });
  });

  it('imports a key once', async () => {
    const { em, customer } = await owner('with an imported key');
    const imported = await importKey(em, keyRing, {
      by,
      secret: 'a key from elsewhere',
      customer,
      name: 'old',
      expiresAt: null,
    });
    expect(imported).toMatchObject({ name: 'old', lastFour: 'here' });
    expect(await authenticate(database.kysely, principalWith('a key from elsewhere'))).toMatchObject({
      apiKeyId: imported.id,
    });
    const other = await owner('who has the same key');
    const again = importKey(other.em, keyRing, {
      by,
      secret: 'a key from elsewhere',
      ...other,
      name: 'old',
      expiresAt: null,
    });
    await expect(again).rejects.toBeInstanceOf(ConflictError);
    await expect(again).rejects.not.toThrow('a key from elsewhere');
  });

  it('passes on other errors of the database', async () => {
    const { em, customer } = await owner('with a bad key');
    const bad = importKey(em, keyRing, { by, secret: 'a key', customer, name: 'a\0b', expiresAt: null });
    await expect(bad).rejects.not.toBeInstanceOf(ConflictError);
  });

  it('lists the keys of one customer or of all, newest first', async () => {
    const { em, customer } = await owner('with keys');
    for (const name of ['one', 'two', 'three']) await createKey(em, keyRing, { by, customer, name, expiresAt: null });
    const list = (customerId: string | null) => listKeys(database.kysely, { customerId, limit: 100 });
    const { keys: own } = await list(customer.id);
    expect(own.map(({ name }) => name)).toEqual(['three', 'two', 'one']);
    expect(await customerNames(database.kysely, [...own.map(({ customerId }) => customerId), null, missing])).toEqual(
      new Map([[customer.id, 'with keys']]),
    );
    expect((await list(null)).keys.length).toBeGreaterThan(3);
    expect(await list(missing)).toEqual({ keys: [], nextCursor: null });
  });

  it('keeps the time of the first revocation', async () => {
    const { em, customer } = await owner('with a revoked key');
    const { apiKey, secret } = await createKey(em, keyRing, { by, customer, name: 'lost', expiresAt: null });
    const { revokedAt } = await revokeKey(database.fork(), { apiKeyId: apiKey.id }, by);
    expect(revokedAt).toBeInstanceOf(Date);
    expect((await revokeKey(database.fork(), { apiKeyId: apiKey.id }, by)).revokedAt).toEqual(revokedAt);
    await expect(authenticate(database.kysely, principalWith(secret))).rejects.toThrow('revoked');
  });

  it.each(['no-uuid', missing, ''])('refuses to revoke the unknown key "%s"', async (id) => {
    const revocation = revokeKey(database.fork(), { apiKeyId: id }, by);
    await expect(revocation).rejects.toBeInstanceOf(RecordNotFoundError);
    await expect(revocation).rejects.toThrow('rsolv key list');
  });
});
