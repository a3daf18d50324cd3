// Store and retrieve: layouts, stored fields, the newest result, and isolation between customers.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commitSha } from '../harness/scan.ts';
import { expectRefusal, goodBody } from './platform-under-test.ts';
import type { Calls, ContractCustomer, PlatformUnderTest } from './platform-under-test.ts';

const own = { validated: true, unknown: { kept: [null, 1.5, '😀', { '': {} }] } };
const other = { other: 'must not be stored' };

export function describePhases(given: () => { platform: PlatformUnderTest; calls: Calls }): void {
  let platform: PlatformUnderTest;
  let calls: Calls;
  let customer: ContractCustomer;
  let repo: string;
  let repositories = 0;
  beforeAll(async () => {
    ({ platform, calls } = given());
    customer = await platform.addCustomer();
  });
  beforeEach(() => {
    repo = `${customer.namespace}/R${repositories++}`;
  });

  const put = (changes: object) => calls.storeGood(customer, { repo, ...changes });
  const get = (query: Record<string, string> = {}) => calls.retrieveGood(customer, { repo, ...query });
  const everyIssue = async (query: Record<string, string> = {}) => {
    const { status, body } = await calls.retrieve(customer, { repo, commit: commitSha, ...query });
    expect(status).toBe(200);
    return body;
  };

  describe('stores the phase’s own object from each layout that released actions send', () => {
    it.each<[string, string, object]>([
      ['direct', 'validation', own],
      ['by the action’s name', 'validate', own],
      ['wrapped by phase', 'validation', { validation: own }],
      ['wrapped by the action’s name', 'validation', { validate: own }],
      ['wrapped by issue', 'validate', { validation: { 'issue-42': own } }],
      ['wrapped by number, beside other issues', 'validate', { validate: { 41: other, 42: own } }],
      ['beside other phases', 'validation', { scan: other, validation: { 'issue-42': own } }],
      ['a mitigation by number', 'mitigation', { mitigate: { 42: own } }],
      ['a scan', 'scan', { scan: own, mitigate: other }],
    ])('%s', async (_name, phase, data) => {
      const canonical = phase === 'validate' ? 'validation' : phase;
      const answer = await calls.store(customer, goodBody(customer, { repo, phase, data }));
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ success: true, id: expect.stringMatching(/^[\w-]{36}$/), phase: canonical });
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      expect(await get()).toEqual({ [canonical]: phase === 'scan' ? own : { 'issue-42': own } });
    });

    it.each([
      ['snake_case', { commit_sha: commitSha, issue_number: 42 }],
      ['the names of a retrieve', { commit: commitSha, issue: '42' }],
      ['equal values under two names', { commitSha, commit_sha: commitSha, issueNumber: 42, issue_number: '42' }],
      ['an issue number in digits', { commitSha, issueNumber: '042' }],
      ['null for optional fields', { commitSha, issueNumber: 42, branch: null, completed_at: null }],
    ])('with %s', async (_name, fields) => {
      const answer = await calls.store(customer, { phase: 'validation', repo, data: own, ...fields });
      expect(answer.status).toBe(200);
      expect(await get()).toEqual({ validation: { 'issue-42': own } });
    });
  });

  // Everything that released actions send beside the fields of a store. Any other field is refused.
  it.each(['timestamp', 'pipelineRunId', 'pipeline_run_id'])(
    'ignores the field %s of released actions',
    async (name) => {
      await put({ [name]: 'any value' });
      expect(await get()).toHaveProperty('validation');
    },
  );

  it.each([
    [{ commitSha, issueNumber: '42' }],
    [{ commit_sha: commitSha, issue_number: '42' }],
    [{ commit: commitSha, commitSha, issue: '42', issue_number: '42' }],
  ])('retrieves by the names of a store: %j', async (names) => {
    await put({ data: own });
    const { status, body } = await calls.retrieve(customer, { repo, ...names });
    expect({ status, body }).toEqual({ status: 200, body: { validation: { 'issue-42': own } } });
  });

  describe('fields that are stored with the data', () => {
    const now = expect.any(Date);
    const pull = 'https://github.com/o/r/pull/7';
    it.each<[string, object, object]>([
      ['a scan', { phase: 'scan', data: { vulnerabilities: [{}, {}] } }, { derived: { vulnerabilities_count: 2 } }],
      ['a validation', { data: own }, { derived: { validated: true, vulnerabilities_found: 0 } }],
      [
        'a mitigation',
        { phase: 'mitigation', data: { prUrl: pull, fixes: [{ file: 'a' }, { file: 'a' }] } },
        { derived: { pr_url: pull, pr_number: 7, files_changed: 1 } },
      ],
      [
        'one that failed',
        { status: 'failed', error_message: 'no ☃', data: undefined },
        { status: 'failed', errorMessage: 'no ☃', startedAt: now, completedAt: now, data: {} },
      ],
      ['one that runs', { status: 'running' }, { status: 'running', startedAt: now, completedAt: null }],
      ['one that waits', { status: 'pending' }, { status: 'pending', startedAt: null, completedAt: null }],
      [
        'one with its times',
        { started_at: '2026-01-31T12:00:00+01:00', completedAt: '2026-01-31T11:30:00.5Z' },
        { startedAt: new Date('2026-01-31T11:00:00Z'), completedAt: new Date('2026-01-31T11:30:00.5Z') },
      ],
      [
        'one that completed then',
        { completedAt: '2026-01-31T11:30:00Z' },
        { startedAt: new Date('2026-01-31T11:30:00Z'), completedAt: new Date('2026-01-31T11:30:00Z') },
      ],
    ])('%s', async (_name, changes, expected) => {
      const watched = await platform.addCustomer();
      await calls.storeGood(watched, { repo: `${watched.namespace}/demo`, ...changes });
      const seen = await platform.seen(watched);
      expect(seen).toHaveLength(1);
      expect(seen[0]).toMatchObject({ repo: `${watched.namespace}/demo`, commitSha, errorMessage: null, ...expected });
    });

    it('a repository’s name in the spelling of the first store', async () => {
      const watched = await platform.addCustomer();
      const name = `${watched.namespace}/Demo`;
      for (const repo of [name, name.toUpperCase(), name.toLowerCase()]) await calls.storeGood(watched, { repo });
      expect((await platform.seen(watched)).map(({ repo }) => repo)).toEqual([name, name, name]);
      expect(await calls.retrieveGood(watched, { repo: name.toUpperCase() })).toHaveProperty('validation');
    });
  });

  describe('the newest result', () => {
    it('is absent if nothing is stored', async () => {
      expect(await get()).toEqual({});
      expect(await everyIssue()).toEqual({});
    });

    it.each(['scan', 'validation', 'mitigation'])('of a %s is the one that completed last', async (phase) => {
      const found = (round: number) => ({ [phase]: phase === 'scan' ? { round } : { 'issue-42': { round } } });
      await put({ phase, data: { round: 1 }, completedAt: '2026-01-03T00:00:00.001Z' });
      await put({ phase, data: { round: 2 }, completedAt: '2026-01-03T00:00:00Z' });
      expect([await get(), await everyIssue()]).toEqual([found(1), found(1)]);
      await put({ phase, data: { round: 3 }, completedAt: '2026-01-03T00:00:00.001Z' });
      expect([await get(), await everyIssue()]).toEqual([found(3), found(3)]);
      await put({ phase, data: { round: 4 } });
      for (const status of ['pending', 'running', 'failed']) await put({ phase, status, data: { status } });
      expect([await get(), await everyIssue()]).toEqual([found(4), found(4)]);
    });

    it('depends on the commit for scans and for all issues, but not for a single issue', async () => {
      await put({ phase: 'scan', data: { at: 'first' } });
      await put({ data: { issue: 42 } });
      await put({ issueNumber: 43, data: { issue: 43 } });
      await put({ phase: 'mitigation', commitSha: 'later', data: { issue: 42 } });
      const ofIssue = { validation: { 'issue-42': { issue: 42 } }, mitigation: { 'issue-42': { issue: 42 } } };
      expect(await get()).toEqual({ scan: { at: 'first' }, ...ofIssue });
      expect(await get({ commit: 'later' })).toEqual(ofIssue);
      expect(await everyIssue()).toEqual({
        scan: { at: 'first' },
        validation: { 'issue-42': { issue: 42 }, 'issue-43': { issue: 43 } },
      });
      expect(await everyIssue({ commit: 'LATER' })).toEqual({});
      expect(await everyIssue({ commit: 'later' })).toEqual({ mitigation: { 'issue-42': { issue: 42 } } });
    });

    it.each([
      [{ prUrl: 'https://gitlab.com/g/p/-/merge_requests/11' }, { pr_number: 11 }],
      [{ pr_url: 5, pr_number: 'seven', prNumber: 3 }, {}],
      [{ note: 'nothing to derive' }, {}],
    ])('of a mitigation %j has the derived columns; the sent data takes precedence', async (data, derived) => {
      await put({ phase: 'mitigation', data });
      const url = 'prUrl' in data ? { pr_url: data.prUrl } : {};
      const expected = { mitigation: { 'issue-42': { ...url, ...derived, ...data } } };
      expect(await get()).toEqual(expected);
      expect(await everyIssue()).toEqual(expected);
    });
  });

  it('keeps results with their customer when the namespace moves to another', async () => {
    const first = await platform.addCustomer();
    const second = await platform.addCustomer({ account: 'none' });
    await calls.storeGood(first, { data: { from: 'first' } });
    await platform.moveNamespace(first, second);
    const theirs = { apiKey: second.apiKey, name: second.name, namespace: first.namespace };
    expect(await calls.retrieveGood(theirs)).toEqual({});
    await calls.storeGood(theirs, { data: { from: 'second' } });
    expect(await calls.retrieveGood(theirs)).toEqual({ validation: { 'issue-42': { from: 'second' } } });
    expectRefusal(await calls.store(first, goodBody(first)), 403, 'FORGE_ACCOUNT_MISSING');
    await platform.moveNamespace(theirs, first);
    expect(await calls.retrieveGood(first)).toEqual({ validation: { 'issue-42': { from: 'first' } } });
  });
}
