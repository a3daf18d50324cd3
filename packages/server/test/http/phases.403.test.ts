import { describe, expect, it } from 'vitest';
import { addForgeAccount } from '../../src/accounts/add-forge-account.ts';
import { findCustomer } from '../../src/accounts/find-customer.ts';
import { expectError, goodBody, retrieve, store, type Answer } from '@rsolv/test-harness/calls';
import { by } from '@rsolv/test-harness/key-ring';
import { makeCustomer, testPlatform, type TestCustomer } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const repositories = () => platform.database.kysely.selectFrom('repositories').selectAll().execute();
const before = await repositories();

const operations: Record<string, (customer: TestCustomer, repo: string) => Promise<Answer>> = {
  'store of a scan': (customer, repo) => store(platform, customer, goodBody(customer, { repo, phase: 'scan' })),
  'store of a validation': (customer, repo) => store(platform, customer, goodBody(customer, { repo })),
  'store of a mitigation': (customer, repo) =>
    store(platform, customer, goodBody(customer, { repo, phase: 'mitigation' })),
  'retrieve of an issue': (customer, repo) => retrieve(platform, customer, { repo, issue: '42', commit: 'abc' }),
  'retrieve of all issues': (customer, repo) => retrieve(platform, customer, { repo, commit: 'abc' }),
};

describe.each(Object.entries(operations))('%s', (_operation, call) => {
  it('without any forge account', async () => {
    const customer = await makeCustomer(platform, { account: 'none' });
    const { message } = expectError(await call(customer, 'Acme/demo'), 403, 'FORGE_ACCOUNT_MISSING');
    expect(message).toContain('"Acme"');
    expect(message).toContain(`"${customer.name}"`);
    expect(message).toContain('no forge accounts yet');
    expect(message).toContain(`rsolv forge add --customer "${customer.name}" --forge github --namespace Acme`);
  });

  it("in somebody else's namespace, naming one's own", async () => {
    const other = await makeCustomer(platform);
    const customer = await makeCustomer(platform);
    const em = platform.database.fork();
    const owner = await findCustomer(em, customer.id);
    await addForgeAccount(em, { customer: owner, forge: 'github', namespace: `${customer.namespace}-2` }, by);
    const answer = await call(customer, `${other.namespace}/demo`);
    const { message } = expectError(answer, 403, 'FORGE_ACCOUNT_MISSING');
    expect(message).toContain(`github ${customer.namespace}, github ${customer.namespace}-2 (unverified)`);
    expect(message).toContain(`--namespace ${other.namespace}`);
    expect(message).not.toContain(other.name);
  });

  it.each([['as added'], ['in another letter case']])('with its forge account not verified, %s', async (spelling) => {
    const customer = await makeCustomer(platform, { account: 'unverified' });
    const { namespace, name } = customer;
    const asked = spelling === 'as added' ? namespace : namespace.toUpperCase();
    const { message } = expectError(await call(customer, `${asked}/demo`), 403, 'FORGE_ACCOUNT_UNVERIFIED');
    expect(message).toContain('not verified');
    expect(message).toContain(`rsolv forge verify --customer "${name}" --forge github --namespace ${namespace}`);
  });
});

it('nothing was stored by what was refused', async () => {
  expect(await repositories()).toEqual(before);
});

it('a namespace that only begins like its own is not its own', async () => {
  const customer = await makeCustomer(platform, { namespace: 'alike' });
  for (const namespace of ['alike2', 'alik', 'alike_', '0alike']) {
    const answer = await store(platform, customer, goodBody(customer, { repo: `${namespace}/demo` }));
    expect(expectError(answer, 403, 'FORGE_ACCOUNT_MISSING').message).toContain(`"${namespace}"`);
  }
});
