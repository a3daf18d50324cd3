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
  it('returns 403 without a forge account', async () => {
    const customer = await makeCustomer(platform, { account: 'none' });
    const { message } = expectError(await call(customer, 'Acme/demo'), 403, 'FORGE_ACCOUNT_MISSING');
    expect(message).toContain('"Acme"');
    expect(message).toContain(`"${customer.name}"`);
    expect(message).toContain('no forge accounts yet');
    const account = `--customer "${customer.name}" --forge github --namespace Acme`;
    expect(message).toContain(`\`rsolv forge add ${account}\` and \`rsolv forge verify ${account}\``);
    expect(message).toContain('RSOLV_NAMESPACE');
  });

  it("returns 403 in another customer's namespace and names the customer's own accounts", async () => {
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

  it.each([['as added'], ['in another letter case']])(
    'returns 403 if the namespace is unverified, %s',
    async (spelling) => {
      const customer = await makeCustomer(platform, { account: 'unverified' });
      const { namespace, name } = customer;
      const asked = spelling === 'as added' ? namespace : namespace.toUpperCase();
      const { message } = expectError(await call(customer, `${asked}/demo`), 403, 'FORGE_ACCOUNT_UNVERIFIED');
      expect(message).toContain('not verified');
      expect(message).toContain(`rsolv forge verify --customer "${name}" --forge github --namespace ${namespace}`);
    },
  );
});

it('stores nothing for a refused request', async () => {
  expect(await repositories()).toEqual(before);
});

it('refuses a namespace that only starts with a verified one', async () => {
  const customer = await makeCustomer(platform, { namespace: 'alike' });
  for (const namespace of ['alike2', 'alik', 'alike_', '0alike']) {
    const answer = await store(platform, customer, goodBody(customer, { repo: `${namespace}/demo` }));
    expect(expectError(answer, 403, 'FORGE_ACCOUNT_MISSING').message).toContain(`"${namespace}"`);
  }
});
