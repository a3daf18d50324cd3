// Repositories that were renamed or transferred keep their history.
import { beforeAll, expect, it } from 'vitest';
import { goodBody } from './platform-under-test.ts';
import type { Calls, ContractCustomer, PlatformUnderTest } from './platform-under-test.ts';

export function describeRenames(given: () => { platform: PlatformUnderTest; calls: Calls }): void {
  let platform: PlatformUnderTest;
  let calls: Calls;
  let customer: ContractCustomer;
  let names = 0;
  beforeAll(async () => {
    ({ platform, calls } = given());
    customer = await platform.addCustomer({ scopes: ['phases:read', 'phases:write', 'manage'] });
  });

  const newName = () => `${customer.namespace}/Name-${names++}`;
  const rename = (id: string, repo: string, { apiKey } = customer) =>
    calls.request(`/api/v1/repositories/${id}/rename`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ repo }),
    });

  /** Stores for a new repository, and returns its id and name. */
  async function makeRepository() {
    const repo = newName();
    await calls.storeGood(customer, { repo });
    const { repositories } = await calls.typed(customer).repositories.list.query();
    return { repo, id: repositories.find((each) => each.repo === repo)?.id ?? '' };
  }

  it('gives a repository its new name with all its executions', async () => {
    const { repo, id } = await makeRepository();
    const renamed = newName();
    expect(await rename(id, renamed)).toMatchObject({ status: 200, body: { id, repo: renamed } });
    expect(await calls.retrieveGood(customer, { repo })).toEqual({});
    expect(await calls.retrieveGood(customer, { repo: renamed })).toEqual({
      validation: { 'issue-42': expect.anything() },
    });
    const { executions } = await calls.typed(customer).executions.list.query({ repo: renamed });
    expect(executions).toMatchObject([{ repository: { id, repo: renamed } }]);
    expect(await calls.typed(customer).repositories.rename.mutate({ id, repo })).toMatchObject({ id, repo });
  });

  it('changes the letter case of a name', async () => {
    const { repo, id } = await makeRepository();
    expect(await rename(id, repo.toUpperCase())).toMatchObject({ status: 200, body: { repo: repo.toUpperCase() } });
  });

  it('keeps keys restricted to the repository under its new name', async () => {
    const { repo, id } = await makeRepository();
    const other = `github:${customer.namespace}/other`;
    const made = await calls.typed(customer).keys.create.mutate({ repositories: [other, repo] });
    const renamed = newName();
    expect(await rename(id, renamed)).toMatchObject({ status: 200 });
    const { keys } = await calls.typed(customer).keys.list.query();
    expect(keys.find((key) => key.id === made.id)?.repositories).toEqual([other, `github:${renamed}`.toLowerCase()]);
    const body = goodBody(customer, { repo: renamed });
    expect(await calls.store({ apiKey: made.apiKey }, body)).toMatchObject({ status: 200 });
  });

  it('refuses a name that another repository has, or that is in a namespace of others', async () => {
    const { id } = await makeRepository();
    const { repo: taken } = await makeRepository();
    expect(await rename(id, taken)).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } });
    const stranger = await platform.addCustomer();
    expect(await rename(id, `${stranger.namespace}/shop`)).toMatchObject({
      status: 400,
      body: { error: { details: [{ path: 'repo', message: expect.stringContaining('has not verified') }] } },
    });
    expect(await rename(id, 'no-slash')).toMatchObject({
      status: 400,
      body: { error: { details: [{ path: 'repo' }] } },
    });
  });

  it('finds no repository of another customer, and needs the scope manage', async () => {
    const { id } = await makeRepository();
    const stranger = await platform.addCustomer({ scopes: ['manage'] });
    for (const unknown of [id, '0199a2b4-5c3e-7d10-8f6a-3b2c1d0e9f88', 'no-uuid']) {
      const answer = await rename(unknown, `${stranger.namespace}/shop`, stranger);
      expect(answer).toMatchObject({ status: 404, body: { error: { code: 'RECORD_NOT_FOUND' } } });
    }
    const reader = await platform.addCustomer();
    expect(await rename(id, newName(), reader)).toMatchObject({ status: 403 });
  });
}
