// The columns that are derived from the data, and those that are stored beside it.
import { describe, expect, it } from 'vitest';
import { goodBody, storeGood } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

type ExecutionTable = 'scan_executions' | 'validation_executions' | 'mitigation_executions';

/** Moments come as text, in the database's own spelling. */
const moment = (value: Date | string | null) => (value === null ? null : new Date(value));

async function rowOf(table: ExecutionTable, id: string) {
  const query = platform.database.kysely.selectFrom(table).selectAll().where('id', '=', id);
  const { started_at, completed_at, created_at, ...row } = await query.executeTakeFirstOrThrow();
  return {
    ...row,
    started_at: moment(started_at),
    completed_at: moment(completed_at),
    created_at: moment(created_at),
  };
}

it.each([
  [{ vulnerabilities: [{}, {}, {}] }, 3],
  [{ vulnerabilities: [] }, 0],
  [{ vulnerabilities: 'many' }, 0],
  [{ vulnerabilities: { length: 7 } }, 0],
  [{}, 0],
])('counts the vulnerabilities of %j', async (data, count) => {
  const scan = await storeGood(platform, customer, { phase: 'scan', data });
  expect(await rowOf('scan_executions', scan)).toMatchObject({ vulnerabilities_count: count });
  const validation = await storeGood(platform, customer, { data });
  expect(await rowOf('validation_executions', validation)).toMatchObject({ vulnerabilities_found: count });
});

it.each([
  [{ validated: true }, true],
  [{ validated: false }, false],
  [{ validated: 'true' }, false],
  [{}, false],
])('derives validated from %j', async (data, validated) => {
  const id = await storeGood(platform, customer, { data });
  expect(await rowOf('validation_executions', id)).toMatchObject({ validated, issue_number: 42 });
});

const url = 'https://github.com/RSOLV-dev/demo/pull/7';

describe('derives the pull request from', () => {
  it.each([
    [{ prUrl: url }, url, 7],
    [{ pr_url: url }, url, 7],
    [{ prUrl: `${url}/files` }, `${url}/files`, 7],
    [{ prUrl: `${url}?x=1#y` }, `${url}?x=1#y`, 7],
    [{ prUrl: url, prNumber: 8 }, url, 8],
    [{ pr_url: url, pr_number: '9' }, url, 9],
    [{ prNumber: 10 }, null, 10],
    [{ prUrl: 'https://gitlab.com/g/p/-/merge_requests/11' }, 'https://gitlab.com/g/p/-/merge_requests/11', 11],
    [{ prUrl: 'https://gitlab.com/g/p/merge_requests/11#note' }, 'https://gitlab.com/g/p/merge_requests/11#note', 11],
    [
      { prUrl: 'https://gitlab.com/g/pull/7/-/merge_requests/11' },
      'https://gitlab.com/g/pull/7/-/merge_requests/11',
      11,
    ],
    [{ prUrl: 'https://gitlab.com/g/s/p/-/merge_requests/new' }, 'https://gitlab.com/g/s/p/-/merge_requests/new', null],
    [{ prUrl: 'https://github.com/o/pull/issues/12' }, 'https://github.com/o/pull/issues/12', null],
    [{ prUrl: 'https://github.com/o/r/pull/12abc' }, 'https://github.com/o/r/pull/12abc', null],
    [{ prUrl: 'https://github.com/o/r/pull/99999999999' }, 'https://github.com/o/r/pull/99999999999', null],
    [{ prUrl: 42, prNumber: -1 }, null, null],
    [{ prUrl: url, prNumber: 1.5 }, url, 7],
    [{ prUrl: url, prNumber: 2 ** 31 }, url, 7],
    [{}, null, null],
  ])('%j', async (data, prUrl, prNumber) => {
    const id = await storeGood(platform, customer, { phase: 'mitigation', data });
    expect(await rowOf('mitigation_executions', id)).toMatchObject({ pr_url: prUrl, pr_number: prNumber });
  });
});

it.each([
  [{ filesChanged: 3 }, 3],
  [{ files_changed: 4 }, 4],
  [{ filesChanged: ['a.js', 'b.js'] }, 2],
  [{ fixes: [{ file: 'a.js' }, { file: 'b.js' }, { file: 'a.js' }] }, 2],
  [{ fixes: [{ file: 'a.js' }, 'b.js', null, { file: 1 }] }, 1],
  [{ fixes: [] }, 0],
  [{ filesChanged: 1, fixes: [{ file: 'a.js' }, { file: 'b.js' }] }, 1],
  [{ filesChanged: 'all', fixes: [{ file: 'a.js' }] }, 1],
  [{ fixes: 'none' }, null],
  [{}, null],
])('counts the changed files of %j', async (data, count) => {
  const id = await storeGood(platform, customer, { phase: 'mitigation', data });
  expect(await rowOf('mitigation_executions', id)).toMatchObject({ files_changed: count });
});

describe('stores an execution', () => {
  const startedAt = '2026-01-31T12:00:00+01:00';
  const completedAt = '2026-01-31T11:30:00.5Z';
  const start = new Date(startedAt);
  const end = new Date(completedAt);
  const now = expect.any(Date);

  it.each([
    [{}, { status: 'completed', started_at: now, completed_at: now }],
    [
      { status: 'completed', startedAt },
      { started_at: start, completed_at: now },
    ],
    [{ completedAt }, { started_at: end, completed_at: end }],
    [
      { started_at: startedAt, completed_at: completedAt },
      { started_at: start, completed_at: end },
    ],
    [
      { status: 'failed', errorMessage: 'no ☃' },
      { status: 'failed', error_message: 'no ☃', completed_at: now },
    ],
    [{ status: 'failed', error_message: 'no' }, { error_message: 'no' }],
    [{ status: 'running' }, { status: 'running', started_at: now, completed_at: null }],
    [
      { status: 'running', startedAt },
      { started_at: start, completed_at: null },
    ],
    [{ status: 'pending' }, { status: 'pending', started_at: null, completed_at: null }],
    [{ status: 'running', data: undefined }, { data: {} }],
    [{ status: 'failed', data: undefined }, { data: {} }],
  ])('with %j', async (fields, columns) => {
    const id = await storeGood(platform, customer, fields);
    const row = await rowOf('validation_executions', id);
    expect(row).toMatchObject({ error_message: null, ...columns });
    expect(row).toMatchObject({
      customer_id: customer.id,
      api_key_id: customer.apiKeyId,
      commit_sha: goodBody(customer).commitSha,
      created_at: now,
    });
    expect(row.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-/);
  });

  it('that starts and completes now with equal times', async () => {
    const row = await rowOf('scan_executions', await storeGood(platform, customer, { phase: 'scan', data: {} }));
    expect(row.started_at).toEqual(row.completed_at);
  });

  it.each([
    [{ branch: 'main' }, 'main'],
    [{ branch: null }, null],
    // As GITHUB_HEAD_REF is on a push.
    [{ branch: '' }, null],
    [{}, null],
  ])('of a scan with the branch %j', async (fields, branch) => {
    const id = await storeGood(platform, customer, { phase: 'scan', data: {}, ...fields });
    expect(await rowOf('scan_executions', id)).toMatchObject({ branch });
  });
});

it('keeps the first letter case of a repository and matches it case-insensitively', async () => {
  const { namespace } = customer;
  const repos = [`${namespace}/Case`, `${namespace.toUpperCase()}/case`, `${namespace}/CASE`];
  for (const repo of repos) await storeGood(platform, customer, { repo });
  const found = await platform.database.kysely
    .selectFrom('repositories')
    .select(['namespace', 'name', 'full_path', 'customer_id'])
    .where('full_path', 'ilike', `${namespace}/case`)
    .execute();
  expect(found).toEqual([{ namespace, name: 'Case', full_path: `${namespace}/Case`, customer_id: customer.id }]);
});
