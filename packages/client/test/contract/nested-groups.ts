// GitLab groups: a verified group covers its subgroups, and no other customer can verify a group that contains it or that it
// contains.
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { goodBody, refusal } from './platform-under-test.ts';
import type { Calls, ContractCustomer, PlatformUnderTest } from './platform-under-test.ts';

export function describeNestedGroups(given: () => { platform: PlatformUnderTest; calls: Calls }): void {
  let platform: PlatformUnderTest;
  let calls: Calls;
  let customer: ContractCustomer;
  let group: string;
  beforeAll(() => ({ platform, calls } = given()));
  beforeEach(async () => {
    customer = await platform.addCustomer();
    group = `${customer.namespace}-group`;
  });

  const forge = 'gitlab';
  const verify = async (by: ContractCustomer, namespace: string) => {
    await platform.addForgeAccount(by, namespace, forge);
    await platform.verifyForgeAccount(by, namespace, forge);
  };
  const store = (repo: string, more: object = {}) =>
    calls.store(customer, goodBody(customer, { forge, repo, ...more }));

  it('a verified group covers its subgroups, but not its parents or siblings', async () => {
    await verify(customer, `${group}/backend`);
    const reached = [`${group}/backend/api`, `${group}/Backend/deep/down/api`];
    const denied = [`${group}/api`, `${group}/backend2/api`, `${group}/back/api`];
    const answers = await Promise.all([...reached, ...denied].map((repo) => store(repo)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 403, 403, 403]);
    const github = await calls.store(customer, goodBody(customer, { repo: `${group}/backend` }));
    expect(refusal(github)).toMatchObject({ status: 403, code: 'FORGE_ACCOUNT_MISSING' });
    const query = { forge, repo: `${group}/BACKEND/api`, issue: '42', commit: 'any' };
    expect(await calls.retrieve(customer, query)).toMatchObject({ body: { validation: { 'issue-42': {} } } });
    expect((await platform.seen(customer)).map(({ repo }) => repo)).toEqual(reached);
  });

  it('treats repositories with the same name on different forges as different', async () => {
    const repo = `${customer.namespace}/demo`;
    await verify(customer, customer.namespace);
    await calls.storeGood(customer, { repo, data: { on: 'github' } });
    await store(repo, { data: { on: 'gitlab' } });
    expect(await calls.retrieveGood(customer)).toEqual({ validation: { 'issue-42': { on: 'github' } } });
    expect(await calls.retrieveGood(customer, { forge })).toEqual({ validation: { 'issue-42': { on: 'gitlab' } } });
  });

  it('a refusal names the nearest forge account, or says that no group that contains it has one', async () => {
    const missing = refusal(await store(`${group}/backend/api`));
    expect(missing.message).toContain(
      `no gitlab forge account for "${group}/backend", nor for a group that contains it.`,
    );
    await platform.addForgeAccount(customer, group, forge);
    await platform.addForgeAccount(customer, `${group}/backend`, forge);
    const unverified = refusal(await store(`${group}/backend/deep/api`));
    expect(unverified).toMatchObject({ status: 403, code: 'FORGE_ACCOUNT_UNVERIFIED' });
    expect(unverified.message).toContain(`"${group}/backend" of customer "${customer.name}" is not verified`);
    await platform.verifyForgeAccount(customer, group, forge);
    expect(await store(`${group}/backend/deep/api`)).toMatchObject({ status: 200 });
  });

  it.each([
    ['the same group', '/backend', '/BACKEND', 'backend", and a namespace belongs to one customer'],
    ['a group that contains it', '', '/backend', '-group", which covers all its subgroups'],
    ['a subgroup of it', '/backend/api', '/backend', 'a subgroup of the gitlab namespace'],
  ])('cannot be verified if another customer has verified %s', async (_name, held, wanted, message) => {
    await verify(await platform.addCustomer(), group + held);
    const attempt = verify(customer, group + wanted);
    await expect(attempt).rejects.toThrow(new RegExp(message, 'i'));
    expect(refusal(await store(`${group + wanted}/demo`))).toMatchObject({ code: 'FORGE_ACCOUNT_UNVERIFIED' });
  });

  it('can be verified next to another customer’s group', async () => {
    await verify(await platform.addCustomer(), `${group}/backend`);
    await verify(customer, `${group}/backend2`);
    expect(await store(`${group}/backend2/demo`)).toMatchObject({ status: 200 });
  });

  it.each([
    ['github', 'a/b/c'],
    ['gitlab', 'a'],
    ['gitlab', 'a/b.git'],
    ['gitlab', 'a/-/b'],
    ['bitbucket', 'a/b'],
  ])('returns 400 for the invalid %s repository %s', async (forge, repo) => {
    const refused = refusal(await store(repo, { forge }));
    expect(refused).toMatchObject({ status: 400, paths: [forge === 'bitbucket' ? 'forge' : 'repo'] });
  });

  it('PhaseDataClient stores and retrieves in nested groups', async () => {
    await verify(customer, group);
    const metadata = { forge, repo: `${group}/sub/demo`, commitSha: 'abc' } as const;
    const scan = { vulnerabilities: [] };
    const stored = await calls.action(customer).storePhaseResults('scan', { scan }, metadata);
    expect(stored).toMatchObject({ storage: 'platform' });
    const found = await calls.action(customer).retrievePhaseResults(metadata.repo, undefined, 'abc', { forge });
    expect(found).toEqual({ scan });
  });
}
