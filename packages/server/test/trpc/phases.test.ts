import { httpBatchLink } from '@trpc/client';
import { describe, expect, it } from 'vitest';
import { goodBody, request, retrieveGood, storeGood } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';
import { makeClient, refusal } from './client.ts';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const commitSha = 'c0ffee';
const fix = { prUrl: 'https://github.com/o/r/pull/7', fixes: [{ file: 'a.js' }], more: [null, 1.5, { '': '😀' }] };

it('retrieves over tRPC and REST what was stored over tRPC', async () => {
  const client = makeClient(platform, customer);
  const at = { repo: `${customer.namespace}/demo`, commitSha };
  const scanned = await client.phases.store.mutate({ ...at, phase: 'scan', data: { vulnerabilities: [] } });
  expect(scanned).toEqual({ success: true, id: expect.any(String), phase: 'scan' });
  await client.phases.store.mutate({ ...at, phase: 'validate', issueNumber: 42, data: { validate: { 42: {} } } });
  await client.phases.store.mutate({ ...at, phase: 'mitigation', issueNumber: '42', data: fix });

  const expected = {
    scan: { vulnerabilities: [] },
    validation: { 'issue-42': {} },
    mitigation: { 'issue-42': { ...fix, pr_url: fix.prUrl, pr_number: 7, files_changed: 1 } },
  };
  const query = { repo: at.repo, commit: commitSha };
  expect(await client.phases.retrieve.query({ ...query, issue: 42 })).toEqual(expected);
  expect(await client.phases.retrieve.query({ ...query, issue: '42' })).toEqual(expected);
  expect(await client.phases.retrieve.query(query)).toEqual(expected);
  expect(await retrieveGood(platform, customer, { repo: at.repo, commit: commitSha })).toEqual(expected);
});

it('retrieves over tRPC what was stored over REST', async () => {
  const repo = `${customer.namespace}/rest`;
  await storeGood(platform, customer, { repo, data: { from: 'REST' } });
  const client = makeClient(platform, customer);
  expect(await client.phases.retrieve.query({ repo, commit: goodBody(customer).commitSha, issue: 42 })).toEqual({
    validation: { 'issue-42': { from: 'REST' } },
  });
  expect(await client.phases.retrieve.query({ repo: `${repo}-never-seen`, commit: 'x' })).toEqual({});
});

it('returns timestamps as Dates from whoami', async () => {
  const expiresAt = new Date(Date.now() + 3_600_000);
  const { id, name, namespace, ...key } = await makeCustomer(platform, { expiresAt });
  expect(await makeClient(platform, key).whoami.query()).toEqual({
    customer: { id, name },
    apiKey: {
      id: key.apiKeyId,
      name: 'test',
      lastFour: key.apiKey.slice(-4),
      createdAt: expect.any(Date),
      expiresAt,
      scopes: ['phases:read', 'phases:write'],
      repositories: null,
      rotatedFrom: null,
      lastUsedAt: null,
      revokedAt: null,
    },
    forgeAccounts: [
      {
        id: expect.any(String),
        forge: 'github',
        namespace,
        verified: true,
        verifiedAt: expect.any(Date),
        verifiedBy: 'operator',
      },
    ],
  });
});

it('treats undefined as absent', async () => {
  const repo = `${customer.namespace}/undefined`;
  const client = makeClient(platform, customer);
  const input = { phase: 'scan', repo, commitSha, issueNumber: undefined, branch: undefined } as const;
  await client.phases.store.mutate({ ...input, data: { a: undefined, b: { c: undefined, d: 1 } } });
  expect(await client.phases.retrieve.query({ repo, commit: commitSha, issue: undefined })).toEqual({
    scan: { b: { d: 1 } },
  });
});

describe('a batch', () => {
  it('is one request whose calls succeed and fail independently', async () => {
    const client = makeClient(platform, customer, httpBatchLink);
    const repo = `${customer.namespace}/batch`;
    const before = platform.logged.length;
    const calls = [
      ...[1, 2, 3].map((issueNumber) =>
        client.phases.store.mutate({ phase: 'validation', repo, commitSha, issueNumber, data: { issueNumber } }),
      ),
      client.phases.store.mutate({ phase: 'scan', repo: 'somebody/else', commitSha, data: {} }),
      client.phases.store.mutate({ phase: 'scan', repo, commitSha: '', data: {} }),
    ];
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...Array<string>(3).fill('fulfilled'),
      'rejected',
      'rejected',
    ]);
    const refusals = await Promise.all(calls.slice(3).map(refusal));
    expect(refusals.map(({ code }) => code)).toEqual(['FORGE_ACCOUNT_MISSING', 'INVALID_INPUT']);
    await expect.poll(() => platform.logged.length).toBeGreaterThan(before);
    expect(platform.logged.slice(before)).toHaveLength(1);

    const found = await Promise.all([
      client.phases.retrieve.query({ repo, commit: commitSha }),
      client.phases.retrieve.query({ repo, commit: commitSha, issue: 2 }),
      client.whoami.query(),
    ]);
    const byIssue = [1, 2, 3].map((issueNumber) => [`issue-${issueNumber}`, { issueNumber }]);
    expect(found).toMatchObject([
      { validation: Object.fromEntries(byIssue) },
      { validation: { 'issue-2': { issueNumber: 2 } } },
      { customer: { name: customer.name } },
    ]);
  });

  it('is refused with an Idempotency-Key header, which applies to a single store', async () => {
    const repo = `${customer.namespace}/shared`;
    const inputs = [1, 2].map((issueNumber) => ({ json: goodBody(customer, { repo, issueNumber }) }));
    const { status, body } = await request(platform, '/trpc/phases.store,phases.store?batch=1', {
      method: 'POST',
      headers: { 'x-api-key': customer.apiKey, 'content-type': 'application/json', 'idempotency-key': 'shared' },
      body: JSON.stringify(Object.fromEntries(inputs.entries())),
    });
    const facts = { code: 'INVALID_INPUT', details: [{ path: 'Idempotency-Key' }] };
    const refused = { error: { json: { data: { httpStatus: 400, error: facts } } } };
    expect({ status, body }).toMatchObject({ status: 400, body: [refused, refused] });
    const { commitSha: commit } = goodBody(customer);
    expect(await makeClient(platform, customer).phases.retrieve.query({ repo, commit })).toEqual({});
  });

  it('may have a hundred calls, and is refused with more', async () => {
    const client = makeClient(platform, customer, httpBatchLink);
    const store = (index: number) => ({
      phase: 'validation' as const,
      repo: `${customer.namespace}/hundred`,
      commitSha,
      issueNumber: index + 1,
      data: { index },
    });
    const calls = (count: number) =>
      Array.from({ length: count }, (_, index) => client.phases.store.mutate(store(index)));
    expect(await Promise.all(calls(100))).toHaveLength(100);
    const refused = await Promise.all(calls(101).map(refusal));
    expect(refused).toHaveLength(101);
    for (const { status, code } of refused) expect({ status, code }).toEqual({ status: 400, code: 'INVALID_INPUT' });
  });
});
