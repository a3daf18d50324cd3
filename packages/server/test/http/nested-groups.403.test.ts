// A verified group gives no access to its parent or sibling groups. The error names the missing forge account.
import { describe, expect, it } from 'vitest';
import { findCustomer } from '../../src/accounts/find-customer.ts';
import { addForgeAccount } from '../../src/accounts/add-forge-account.ts';
import { expectError, goodBody, retrieve, store, type Answer } from '@rsolv/test-harness/calls';
import { by } from '@rsolv/test-harness/key-ring';
import { makeCustomer, testPlatform, type TestCustomer } from '@rsolv/test-harness/platform';

const forge = 'gitlab';
const platform = await testPlatform();
const repositories = () => platform.database.kysely.selectFrom('repositories').selectAll().execute();
const before = await repositories();
const holder = await makeCustomer(platform, { namespace: 'Acme/backend', forge });

const operations: Record<string, (customer: TestCustomer, repo: string) => Promise<Answer>> = {
  store: (customer, repo) => store(platform, customer, goodBody(customer, { forge, repo })),
  retrieve: (customer, repo) => retrieve(platform, customer, { forge, repo, commit: 'abc' }),
};

describe.each(Object.entries(operations))('%s', (operation, call) => {
  it.each([
    'acme/demo',
    'acme/frontend/demo',
    'acme/backend2/demo',
    'acme/backend-2/demo',
    'acme/backen/demo',
    'acme2/backend/demo',
    'backend/demo',
    'x/acme/backend/demo',
  ])('in %s, outside of the verified group', async (repo) => {
    const namespace = repo.slice(0, -'/demo'.length);
    const { message } = expectError(await call(holder, repo), 403, 'FORGE_ACCOUNT_MISSING');
    expect(message).toContain(`has no gitlab forge account for "${namespace}"`);
    expect(message.includes('nor for a group that contains it')).toBe(namespace.includes('/'));
    expect(message).toContain('It has gitlab Acme/backend.');
    expect(message).toContain(`rsolv forge add --customer "${holder.name}" --forge gitlab --namespace ${namespace}`);
  });

  it('by another customer in the group', async () => {
    const stranger = await makeCustomer(platform, { namespace: `strange-${operation}`, forge });
    const { message } = expectError(await call(stranger, 'acme/backend/api/demo'), 403, 'FORGE_ACCOUNT_MISSING');
    expect(message).not.toContain(holder.name);
  });

  it.each([
    ['the group', ['Big'], 'Big'],
    ['the group and a subgroup', ['Big', 'Big/Sub'], 'Big/Sub'],
    ['a subgroup', ['Big/Sub'], 'Big/Sub'],
    ['the namespace itself', ['Big', 'Big/Sub/Sub'], 'Big/Sub/Sub'],
    ['the namespace itself, and others', ['Big/Sub/Sub', 'Big/Sub/Other', 'Other'], 'Big/Sub/Sub'],
  ])('with %s added but not verified names the nearest one', async (_name, namespaces, nearest) => {
    const customer = await makeCustomer(platform, { account: 'none' });
    const em = platform.database.fork();
    const owner = await findCustomer(em, customer.id);
    for (const namespace of namespaces) await addForgeAccount(em, { customer: owner, forge, namespace }, by);
    const { message } = expectError(await call(customer, 'big/sub/sub/demo'), 403, 'FORGE_ACCOUNT_UNVERIFIED');
    expect(message).toContain(`The gitlab forge account "${nearest}" of customer "${customer.name}" is not verified`);
    expect(message).toContain(`rsolv forge verify --customer "${customer.name}" --forge gitlab --namespace ${nearest}`);
  });

  it('with a forge account of the same name on GitHub only', async () => {
    const customer = await makeCustomer(platform, { namespace: `hub-${operation}` });
    const { message } = expectError(await call(customer, `${customer.namespace}/demo`), 403, 'FORGE_ACCOUNT_MISSING');
    expect(message).toContain(`It has github ${customer.namespace}.`);
  });
});

it('stores nothing for a refused request', async () => {
  expect(await repositories()).toEqual(before);
});
