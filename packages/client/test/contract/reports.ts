// Executions and repositories as they are read, and who may read them.
import { beforeAll, describe, expect, it } from 'vitest';
import { eachPage } from '../../src/index.ts';
import { commitSha } from '../harness/scan.ts';
import type { Answer, Calls, ContractCustomer, PlatformUnderTest } from './platform-under-test.ts';

export function describeReports(given: () => { platform: PlatformUnderTest; calls: Calls }): void {
  let platform: PlatformUnderTest;
  let calls: Calls;
  let customer: ContractCustomer;
  let shop: string;
  let ids: readonly string[];
  beforeAll(async () => {
    ({ platform, calls } = given());
    customer = await platform.addCustomer();
    shop = `${customer.namespace}/Shop`;
    const stored: string[] = [];
    for (const changes of [
      { phase: 'scan', branch: 'main', data: { vulnerabilities: [{ type: 'xss' }, { type: 'xss' }] } },
      { phase: 'validation', data: { validated: true } },
      { phase: 'mitigation', data: { pr_url: 'https://github.com/acme/shop/pull/7', filesChanged: 2 } },
      { phase: 'validation', issueNumber: 43, status: 'failed', errorMessage: 'npm test exited with 1', data: {} },
      { phase: 'scan', status: 'running', commitSha: 'abc', branch: 'next', data: undefined },
      { phase: 'scan', repo: `${customer.namespace}/other`, data: {} },
    ]) {
      stored.push(await calls.storeGood(customer, { repo: shop, ...changes }));
    }
    ids = stored;
  });

  const get = (path: string, query: Record<string, string> = {}, { apiKey } = customer): Promise<Answer> =>
    calls.request(`/api/v1/${path}?${new URLSearchParams(query)}`, { headers: { 'x-api-key': apiKey } });

  /** The positions, in the order of the stores, of the executions that a list returns. */
  async function listed(query: Record<string, string>, by = customer): Promise<readonly number[]> {
    const { executions } = await calls.typed(by).executions.list.query(query);
    return executions.map(({ id }) => ids.indexOf(id));
  }

  it('lists every execution, the newest first', async () => {
    const { status, body } = await get('executions');
    expect(status).toBe(200);
    const repository = { forge: 'github', repo: shop };
    const common = { commitSha, status: 'completed', errorMessage: null, apiKey: { id: expect.any(String) } };
    const none = {
      branch: null,
      vulnerabilitiesCount: null,
      validated: null,
      pullRequestUrl: null,
      filesChanged: null,
    };
    expect(body).toMatchObject({
      executions: [
        { ...common, repository: { repo: `${customer.namespace}/other` }, vulnerabilitiesCount: 0 },
        { status: 'running', branch: 'next', commitSha: 'abc', completedAt: null, startedAt: expect.any(String) },
        { ...none, status: 'failed', issueNumber: 43, errorMessage: 'npm test exited with 1', validated: false },
        { ...none, pullRequestUrl: 'https://github.com/acme/shop/pull/7', filesChanged: 2 },
        { ...common, ...none, repository, phase: 'validation', issueNumber: 42, validated: true, dataBytes: 18 },
        { ...common, ...none, repository, phase: 'scan', issueNumber: null, branch: 'main', vulnerabilitiesCount: 2 },
      ],
      nextCursor: null,
    });
    expect(JSON.stringify(body)).not.toContain('xss');
  });

  it.each<[string, Record<string, string>, readonly number[]]>([
    ['a repository in any letter case', { repo: 'SHOP' }, [4, 3, 2, 1, 0]],
    ['a repository that is unknown', { repo: 'unknown' }, []],
    ['another forge', { repo: 'Shop', forge: 'gitlab' }, []],
    ['a phase', { phase: 'validation' }, [3, 1]],
    ['a phase by the action’s name', { phase: 'mitigate' }, [2]],
    ['a status', { status: 'failed' }, [3]],
    ['an issue', { issue: '42' }, [2, 1]],
    ['an issue and a phase that has none', { issue: '42', phase: 'scan' }, []],
    ['a commit', { commit: 'abc' }, [4]],
    ['an abbreviated commit id', { commit: '692F480' }, [5, 3, 2, 1, 0]],
    ['a branch', { branch: 'main' }, [0]],
    ['a branch and a phase that has none', { branch: 'main', phase: 'validation' }, []],
    ['a time that has passed', { since: '1h' }, [5, 4, 3, 2, 1, 0]],
    ['an end before all', { until: '1h' }, []],
    ['several at once', { repo: 'Shop', phase: 'scan', status: 'running' }, [4]],
  ])('filters by %s', async (_name, query, expected) => {
    const repo = query['repo'] === undefined ? {} : { repo: `${customer.namespace}/${query['repo']}` };
    expect(await listed({ ...query, ...repo })).toEqual(expected);
  });

  it('reads the list in pages that keep the filter', async () => {
    const found: number[] = [];
    for await (const { executions } of eachPage(calls.typed(customer).executions.list, { repo: shop, limit: 2 })) {
      found.push(...executions.map(({ id }) => ids.indexOf(id)));
    }
    expect(found).toEqual([4, 3, 2, 1, 0]);
    const { nextCursor } = await calls.typed(customer).executions.list.query({ repo: shop, limit: 2 });
    const other = await get('executions', { limit: '2', cursor: nextCursor ?? '' });
    expect(other).toMatchObject({ status: 400, body: { error: { details: [{ path: 'cursor' }] } } });
  });

  it.each([
    [{ repo: 'no-slash' }, 'repo'],
    [{ phase: 'scam' }, 'phase'],
    [{ status: 'done' }, 'status'],
    [{ issue: '#42' }, 'issue'],
    [{ commit: 'two words' }, 'commit'],
    [{ branch: 'a'.repeat(256) }, 'branch'],
    [{ since: 'once' }, 'since'],
  ])('refuses %j', async (query, path) => {
    expect(await get('executions', query)).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_INPUT', details: [{ path }] } },
    });
  });

  it('shows one execution, with its data on request', async () => {
    const [scan = ''] = ids;
    const { status, body } = await get(`executions/${scan}`);
    expect({ status, body }).toMatchObject({ status: 200, body: { id: scan, phase: 'scan', vulnerabilitiesCount: 2 } });
    expect(body).not.toHaveProperty('data');
    const data = { vulnerabilities: [{ type: 'xss' }, { type: 'xss' }] };
    expect((await get(`executions/${scan}`, { include: 'data' })).body).toEqual({ ...Object(body), data });
    expect(await calls.typed(customer).executions.show.query({ id: scan, include: 'data' })).toMatchObject({ data });
    expect(await get(`executions/${scan}`, { include: 'all' })).toMatchObject({ status: 400 });
  });

  it.each(['0199a2b4-5c3e-7d10-8f6a-3b2c1d0e9f88', 'no-id', "'"])('finds no execution %j', async (id) => {
    const answer = await get(`executions/${encodeURIComponent(id)}`);
    expect(answer).toMatchObject({ status: 404, body: { error: { code: 'RECORD_NOT_FOUND' } } });
  });

  it('lists the repositories, the most recently created first', async () => {
    const { repositories } = await calls.typed(customer).repositories.list.query();
    expect(repositories.map(({ forge, repo }) => [forge, repo])).toEqual([
      ['github', `${customer.namespace}/other`],
      ['github', shop],
    ]);
    expect(repositories[0]?.firstSeenAt).toBeInstanceOf(Date);
  });

  describe('is confined to what the key may read', () => {
    it('shows nothing of another customer', async () => {
      const stranger = await platform.addCustomer();
      expect(await listed({}, stranger)).toEqual([]);
      expect(await listed({ repo: shop }, stranger)).toEqual([]);
      expect((await get('repositories', {}, stranger)).body).toEqual({ repositories: [], nextCursor: null });
      expect(await get(`executions/${ids[0]}`, {}, stranger)).toMatchObject({ status: 404 });
    });

    it('shows nothing of a namespace that has moved to another customer', async () => {
      const first = await platform.addCustomer();
      const second = await platform.addCustomer({ namespace: `${first.namespace}-2` });
      await calls.storeGood(first);
      await platform.moveNamespace(first, second);
      for (const each of [first, second]) {
        expect((await get('executions', {}, each)).body).toEqual({ executions: [], nextCursor: null });
        expect((await get('repositories', {}, each)).body).toEqual({ repositories: [], nextCursor: null });
      }
    });

    it('shows a key that is restricted to a repository only this one', async () => {
      const namespace = `restricted-${customer.namespace}`;
      const restricted = await platform.addCustomer({ namespace, repositories: [`github:${namespace}/demo`] });
      for (const changes of [{}, { phase: 'scan' }]) {
        await calls.storeGood(restricted, changes);
      }
      const { executions } = await calls.typed(restricted).executions.list.query();
      expect(executions).toHaveLength(2);
      expect((await calls.typed(restricted).repositories.list.query()).repositories).toHaveLength(1);
    });

    it('needs a scope that reads, and phases:read for the data', async () => {
      const writer = await platform.addCustomer({ scopes: ['phases:write'] });
      for (const path of ['executions', `executions/${ids[0]}`, 'repositories']) {
        const answer = await get(path, {}, writer);
        expect(answer).toMatchObject({ status: 403, body: { error: { code: 'SCOPE_MISSING' } } });
        expect(JSON.stringify(answer.body)).toContain('phases:read or reports:read');
      }
      const reporter = await platform.addCustomer({ scopes: ['phases:write', 'reports:read'] });
      const id = await calls.storeGood(reporter);
      expect(await get(`executions/${id}`, {}, reporter)).toMatchObject({ status: 200 });
      expect(await get(`executions/${id}`, { include: 'data' }, reporter)).toMatchObject({ status: 403 });
    });
  });
}
