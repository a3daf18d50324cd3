// A customer is deleted with everything that belongs to it, and nothing that belongs to others.
import { expect, it } from 'vitest';
import { countHoldings, deleteCustomer } from '../../src/accounts/delete-customer.ts';
import { findCustomer } from '../../src/accounts/find-customer.ts';
import { removeForgeAccount } from '../../src/accounts/remove-forge-account.ts';
import { listAuditEvents } from '../../src/audit/list-audit-events.ts';
import { expectError, goodBody, retrieveGood, store, storeGood } from '@rsolv/test-harness/calls';
import { by } from '@rsolv/test-harness/key-ring';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const { database } = platform;

it('deletes its keys, forge accounts, executions and repositories', async () => {
  const customer = await makeCustomer(platform);
  for (const phase of ['scan', 'validation', 'mitigation']) {
    await storeGood(platform, customer, { phase, idempotencyKey: `delete-${phase}` });
  }
  await storeGood(platform, customer, { repo: `${customer.namespace}/second` });
  const counted = { apiKeys: 1, forgeAccounts: 1, repositories: 2, executions: 4 };
  expect(await countHoldings(database, customer.id)).toEqual(counted);
  await deleteCustomer(database, customer.id, by);
  const nothing = { apiKeys: 0, forgeAccounts: 0, repositories: 0, executions: 0 };
  expect(await countHoldings(database, customer.id)).toEqual(nothing);
  const names = database.kysely.selectFrom('repositories').select('name').where('namespace', '=', customer.namespace);
  expect(await names.execute()).toEqual([]);
  expectError(await store(platform, customer, goodBody(customer)), 401, 'API_KEY_UNKNOWN');
  await expect(findCustomer(database.fork(), customer.id)).rejects.toThrow('not found');
});

it('keeps its audit events', async () => {
  const customer = await makeCustomer(platform);
  await storeGood(platform, customer);
  await deleteCustomer(database, customer.id, by);
  const { events } = await listAuditEvents(database.kysely, { customerId: customer.id, limit: 10 });
  expect(events.slice(0, 3).map(({ action }) => action)).toEqual([
    'customer.delete',
    'customer.deactivate',
    'phase.store',
  ]);
});

it('keeps what another customer has stored for the same repository', async () => {
  const first = await makeCustomer(platform, { namespace: 'handed-over' });
  await storeGood(platform, first, { data: { from: 'first' } });
  const em = database.fork();
  await removeForgeAccount(
    em,
    { customer: await findCustomer(em, first.id), forge: 'github', namespace: 'handed-over' },
    by,
  );
  const second = await makeCustomer(platform, { namespace: 'handed-over' });
  await storeGood(platform, second, { data: { from: 'second' } });
  await deleteCustomer(database, first.id, by);
  expect(await retrieveGood(platform, second)).toEqual({ validation: { 'issue-42': { from: 'second' } } });
  await deleteCustomer(database, second.id, by);
  await expect(findCustomer(database.fork(), second.id)).rejects.toThrow('not found');
});

it('finds no customer that was deleted', async () => {
  await expect(deleteCustomer(database, '0199a2b4-5c3e-7d10-8f6a-3b2c1d0e9f88', by)).rejects.toThrow('not found');
});
