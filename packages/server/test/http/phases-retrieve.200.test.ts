import { beforeEach, describe, expect, it } from 'vitest';
import { request, retrieveGood, storeGood } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);
let repo: string;
let repositories = 0;

beforeEach(() => {
  repo = `${customer.namespace}/r${repositories++}`;
});

const commit = 'c0ffee';
const later = 'decaf';

const put = (changes: object) => storeGood(platform, customer, { repo, commitSha: commit, ...changes });
const get = (query: Record<string, string> = {}) => retrieveGood(platform, customer, { repo, commit, ...query });

const withoutIssue = async (query: Record<string, string>) => {
  const search = new URLSearchParams({ repo, commit, ...query }).toString();
  const { status, body } = await request(platform, `/api/v1/phases/retrieve?${search}`, {
    headers: { 'x-api-key': customer.apiKey },
  });
  expect(status).toBe(200);
  return body;
};

describe('returns {} if nothing is stored', () => {
  it('in an unknown repository', async () => {
    expect(await get()).toEqual({});
    expect(await withoutIssue({})).toEqual({});
  });

  it('for the issue and commit', async () => {
    await put({ data: { validated: true } });
    await put({ phase: 'scan', data: {} });
    expect(await get({ issue: '43', commit: later })).toEqual({});
  });
});

describe('returns the newest', () => {
  it.each(['scan', 'validation', 'mitigation'])('%s by the time of the store', async (phase) => {
    for (const round of [1, 2, 3]) await put({ phase, data: { round } });
    expect(await get()).toEqual({ [phase]: phase === 'scan' ? { round: 3 } : { 'issue-42': { round: 3 } } });
  });

  it.each(['scan', 'validation', 'mitigation'])('%s by the time of completion', async (phase) => {
    await put({ phase, data: { round: 1 }, completedAt: '2026-01-02T00:00:00Z' });
    await put({ phase, data: { round: 2 }, completedAt: '2026-01-03T00:00:00.001Z' });
    await put({ phase, data: { round: 3 }, completedAt: '2026-01-03T00:00:00Z' });
    expect(await get()).toEqual({ [phase]: phase === 'scan' ? { round: 2 } : { 'issue-42': { round: 2 } } });
  });

  it('of executions completed at the same time by the order of the stores', async () => {
    const completedAt = '2026-01-02T00:00:00Z';
    for (const round of [1, 2, 3]) await put({ data: { round }, completedAt });
    expect(await get()).toEqual({ validation: { 'issue-42': { round: 3 } } });
  });

  it.each(['failed', 'running', 'pending'])('completed execution, not a later one that is %s', async (status) => {
    const phases = ['scan', 'validation', 'mitigation'];
    for (const phase of phases) await put({ phase, status, data: { status } });
    expect(await get()).toEqual({});
    expect(await withoutIssue({})).toEqual({});
    for (const phase of phases) await put({ phase, data: { status: 'completed' } });
    for (const phase of phases) await put({ phase, status, data: { status } });
    const own = { status: 'completed' };
    const all = { scan: own, validation: { 'issue-42': own }, mitigation: { 'issue-42': own } };
    expect(await get()).toEqual(all);
    expect(await withoutIssue({})).toEqual(all);
  });
});

describe('selects by commit and issue', () => {
  beforeEach(async () => {
    await put({ phase: 'scan', data: { at: commit } });
    await put({ data: { issue: 42, at: commit } });
    await put({ issueNumber: 43, data: { issue: 43, at: commit } });
    await put({ phase: 'mitigation', commitSha: later, data: { issue: 42, at: later } });
    await put({ phase: 'mitigation', issueNumber: 43, commitSha: later, data: { issue: 43, at: later } });
  });

  it('a scan at its commit, a validation and mitigation at any commit', async () => {
    const found = {
      validation: { 'issue-42': { issue: 42, at: commit } },
      mitigation: { 'issue-42': { issue: 42, at: later } },
    };
    expect(await get()).toEqual({ scan: { at: commit }, ...found });
    expect(await get({ commit: later })).toEqual(found);
    expect(await get({ commit: 'never-seen' })).toEqual(found);
  });

  it('each issue separately', async () => {
    expect(await get({ issue: '43', commit: later })).toEqual({
      validation: { 'issue-43': { issue: 43, at: commit } },
      mitigation: { 'issue-43': { issue: 43, at: later } },
    });
  });

  it('every issue at the commit, without an issue', async () => {
    expect(await withoutIssue({})).toEqual({
      scan: { at: commit },
      validation: { 'issue-42': { issue: 42, at: commit }, 'issue-43': { issue: 43, at: commit } },
    });
    await put({ commitSha: later, data: { issue: 42, at: later } });
    await put({ commitSha: later, data: { issue: 42, at: later, again: true } });
    expect(await withoutIssue({ commit: later })).toEqual({
      validation: { 'issue-42': { issue: 42, at: later, again: true } },
      mitigation: { 'issue-42': { issue: 42, at: later }, 'issue-43': { issue: 43, at: later } },
    });
    expect(await withoutIssue({ commit: 'never-seen' })).toEqual({});
  });

  it('compares commits case-sensitively and repositories case-insensitively', async () => {
    expect(await withoutIssue({ commit: commit.toUpperCase() })).toEqual({});
    const all = await withoutIssue({});
    expect(await withoutIssue({ repo: repo.toUpperCase() })).toEqual(all);
    expect(await withoutIssue({ repo: repo.toUpperCase(), forge: 'github' })).toEqual(all);
  });
});

describe('a mitigation', () => {
  const prUrl = 'https://github.com/RSOLV-dev/demo/pull/7';

  it.each([
    [
      { prUrl, fixes: [{ file: 'a.js' }] },
      { pr_url: prUrl, pr_number: 7, files_changed: 1 },
    ],
    [{ prUrl: 1, prNumber: 3 }, { pr_number: 3 }],
    [{ note: 'nothing to derive' }, {}],
    [{ pr_url: 5, pr_number: 'seven', files_changed: null, prUrl, filesChanged: 2 }, {}],
  ])('%j has the derived fields', async (data, derived) => {
    await put({ phase: 'mitigation', data });
    const expected = { mitigation: { 'issue-42': { ...data, ...derived } } };
    expect(await get()).toEqual(expected);
    expect(await withoutIssue({})).toEqual(expected);
  });
});
