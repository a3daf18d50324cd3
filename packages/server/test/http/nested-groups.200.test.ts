// A verified group on GitLab gives access to its projects and subgroups, and to nothing else.
import { describe, expect, it } from 'vitest';
import { findCustomer } from '../../src/accounts/find-customer.ts';
import { addForgeAccount } from '../../src/accounts/add-forge-account.ts';
import { removeForgeAccount } from '../../src/accounts/remove-forge-account.ts';
import { verifyForgeAccount } from '../../src/accounts/verify-forge-account.ts';
import { expectError, goodBody, retrieve, retrieveGood, store, storeGood } from '@rsolv/test-harness/calls';
import { by } from '@rsolv/test-harness/key-ring';
import { makeCustomer, testPlatform, type TestCustomer } from '@rsolv/test-harness/platform';

const platform = await testPlatform();

const forge = 'gitlab';
const holderOf = (namespace: string) => makeCustomer(platform, { namespace, forge });

async function account(customer: TestCustomer, namespace: string) {
  const em = platform.database.fork();
  const ref = { customer: await findCustomer(em, customer.id), forge, namespace } as const;
  return {
    claim: async () => void (await addForgeAccount(em, ref, by)),
    verify: async () => void (await verifyForgeAccount(em, ref, by)),
    remove: async () => void (await removeForgeAccount(em, ref, by)),
  };
}

const storeIn = (customer: TestCustomer, repo: string, data: object) =>
  storeGood(platform, customer, { forge, repo, data });
const dataIn = (customer: TestCustomer, repo: string) => retrieveGood(platform, customer, { forge, repo });
const validation = (data: object) => ({ validation: { 'issue-42': data } });

describe('the customer of a verified group', () => {
  const deepest = Array.from({ length: 20 }, (_, level) => `s${level}`).join('/');

  it.each(['', '/sub', '/sub/sub', `/${deepest}`])('accesses projects in group%s', async (below) => {
    const customer = await holderOf(`Group${below.length}`);
    const repo = `${customer.namespace}${below}/project`;
    await storeIn(customer, repo, { below });
    expect(await dataIn(customer, repo)).toEqual(validation({ below }));
    const repository = await platform.database.kysely
      .selectFrom('repositories')
      .select(['forge_type', 'namespace', 'name', 'full_path'])
      .where('full_path', '=', repo)
      .executeTakeFirst();
    expect(repository).toEqual({
      forge_type: 'gitlab',
      namespace: `${customer.namespace}${below}`,
      name: 'project',
      full_path: repo,
    });
  });

  it('accesses a project case-insensitively', async () => {
    const customer = await holderOf('Letter/Case');
    await storeIn(customer, 'letter/case/SUB/Project', { any: 'case' });
    expect(await dataIn(customer, 'LETTER/CASE/sub/PROJECT')).toEqual(validation({ any: 'case' }));
  });

  it.each(['without a claim to the subgroup', 'with one that is not verified', 'with one that is'])(
    'accesses a subgroup %s',
    async (how) => {
      const customer = await holderOf(`held-${how.length}`);
      const sub = `${customer.namespace}/Sub`;
      const claim = await account(customer, sub);
      if (!how.startsWith('without')) await claim.claim();
      if (how.endsWith('is')) await claim.verify();
      await storeIn(customer, `${sub}/project`, { how });
      expect(await dataIn(customer, `${sub}/project`)).toEqual(validation({ how }));
    },
  );
});

it('distinguishes a group and a project of the same name', async () => {
  const customer = await holderOf('twins');
  await storeIn(customer, 'twins/a/b', { in: 'a' });
  await storeIn(customer, 'twins/b', { in: 'twins' });
  expect(await dataIn(customer, 'twins/a/b')).toEqual(validation({ in: 'a' }));
  expect(await dataIn(customer, 'twins/b')).toEqual(validation({ in: 'twins' }));
  expect(await dataIn(customer, 'twins/a/c')).toEqual({});
});

it('distinguishes the same path on two forges, with GitHub as the default', async () => {
  const onGitLab = await holderOf('both');
  const onGitHub = await makeCustomer(platform, { namespace: 'both' });
  await storeIn(onGitLab, 'both/demo', { on: 'gitlab' });
  await storeGood(platform, onGitHub, { data: { on: 'github' } });
  expect(await dataIn(onGitLab, 'both/demo')).toEqual(validation({ on: 'gitlab' }));
  expect(await retrieveGood(platform, onGitHub)).toEqual(validation({ on: 'github' }));
  const { message } = expectError(await store(platform, onGitLab, goodBody(onGitLab)), 403, 'FORGE_ACCOUNT_MISSING');
  expect(message).toContain('no github forge account for "both"');
  expect(message).toContain('It has gitlab both.');
});

it('isolates the data of a subgroup that moves to another customer and back', async () => {
  const first = await holderOf('moving');
  const second = await makeCustomer(platform, { namespace: 'moving/sub', forge, account: 'unverified' });
  const repo = 'moving/sub/project';
  const query = { forge, repo, commit: goodBody(first).commitSha };
  await storeIn(first, repo, { from: 'first' });
  await expect((await account(second, 'moving/sub')).verify()).rejects.toThrow('Another customer has verified');
  expectError(await retrieve(platform, second, query), 403, 'FORGE_ACCOUNT_UNVERIFIED');

  await (await account(first, 'moving')).remove();
  await (await account(second, 'moving/sub')).verify();
  expectError(await retrieve(platform, first, query), 403, 'FORGE_ACCOUNT_MISSING');
  expect(await dataIn(second, repo)).toEqual({});
  await storeIn(second, repo, { from: 'second' });

  const again = await account(first, 'moving');
  await again.claim();
  await expect(again.verify()).rejects.toThrow('Another customer has verified a subgroup of');
  await (await account(second, 'moving/sub')).remove();
  await again.verify();
  expect(await dataIn(first, repo)).toEqual(validation({ from: 'first' }));
  expectError(await retrieve(platform, second, query), 403, 'FORGE_ACCOUNT_MISSING');
});
