// Missing or invalid fields get 400, which names each field as the caller spelled it.
import { describe, expect, it } from 'vitest';
import { expectError, goodBody, store } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const repositories = () => platform.database.kysely.selectFrom('repositories').selectAll().execute();
const before = await repositories();
const customer = await makeCustomer(platform);

async function refuse(body: object | string) {
  const { details = [], message } = expectError(await store(platform, customer, body), 400, 'INVALID_INPUT');
  for (const detail of details) expect(message).toContain(detail.message);
  return [...new Set(details.map(({ path }) => path))];
}

describe('refuses a field:', () => {
  it.each(['phase', 'repo', 'commitSha', 'issueNumber', 'data'])('%s missing', async (field) => {
    expect(await refuse(goodBody(customer, { [field]: undefined }))).toEqual([field]);
  });

  it.each(['phase', 'repo', 'commitSha'])('%s null', async (field) => {
    expect(await refuse(goodBody(customer, { [field]: null }))).toEqual([field]);
  });

  const texts = ['phase', 'repo', 'commitSha', 'branch', 'forge', 'status', 'startedAt', 'completedAt', 'errorMessage'];
  const wrong = [42, true, ['x'], { x: 1 }];
  it.each(texts.flatMap((field) => wrong.map((value) => [field, value] as const)))('%s of %j', async (field, value) => {
    expect(await refuse(goodBody(customer, { [field]: value }))).toEqual([field]);
  });

  it.each(['phase', 'repo', 'commitSha', 'issueNumber', 'forge', 'status', 'startedAt', 'completedAt'])(
    '%s empty',
    async (field) => {
      expect(await refuse(goodBody(customer, { [field]: '' }))).toEqual([field]);
    },
  );

  it.each([
    ['commitSha', 'a'.repeat(65)],
    ['branch', 'b'.repeat(256)],
    ['errorMessage', 'e'.repeat(10_001)],
    ['phase', 's'.repeat(10_000)],
    ['forge', 'f'.repeat(10_000)],
    ['status', 's'.repeat(10_000)],
    ['startedAt', '2'.repeat(10_000)],
    ['issueNumber', '4'.repeat(10_000)],
    ['repo', `o/${'r'.repeat(101)}`],
    ['repo', `${'o'.repeat(101)}/r`],
    ['repo', 'o'.repeat(100_000)],
  ])('%s too long', async (field, value) => {
    expect(await refuse(goodBody(customer, { [field]: value }))).toEqual([field]);
  });

  it.each([
    ['branch', 'a\0b'],
    ['errorMessage', 'a\0b'],
    ['commitSha', 'a\0b'],
    ['repo', 'o/a\0b'],
    ['branch', '\ud800'],
    ['errorMessage', '\udc00'],
  ])('%s with %j', async (field, value) => {
    expect(await refuse(goodBody(customer, { [field]: value }))).toContain(field);
  });
});

describe('refuses the repository', () => {
  it.each([
    'demo',
    'owner/demo/more',
    'owner//demo',
    '/demo',
    'owner/',
    '/',
    'owner/..',
    '../demo',
    'owner/.',
    './demo',
    '../../etc/passwd',
    'ow ner/demo',
    'owner/de mo',
    ' owner/demo',
    'owner/demo ',
    'owner/demo\n',
    'owner%2Fdemo',
    'owner/de%6do',
    'owner/%2e%2e',
    'owner\\demo',
    'owner/demo?x=1',
    'owner/dëmo',
    'https://github.com/owner/demo',
    '-owner/demo',
    'own.er/demo',
  ])('%j', async (repo) => {
    expect(await refuse(goodBody(customer, { repo }))).toEqual(['repo']);
  });

  it.each([
    'project',
    'group//project',
    '/group/project',
    'group/project/',
    'group/sub/../project',
    'group/-/project',
    'group/sub./project',
    'group/sub./project',
    'group/sub.git/project',
    'group.git/project',
    'group/project.atom',
    'group/pro ject',
    `${'g/'.repeat(22)}project`,
    `group/${'p'.repeat(256)}`,
    'https://gitlab.com/group/project',
  ])('of GitLab: %j', async (repo) => {
    expect(await refuse(goodBody(customer, { forge: 'gitlab', repo }))).toEqual(['repo']);
  });
});

describe('refuses an issue', () => {
  it.each([0, -1, 2 ** 31, 2 ** 53, 1.5, '0', '-1', '2147483648', '1e3', '12abc', '1.5', ' 42', '0x2a', '+42', true])(
    '%j',
    async (issueNumber) => {
      expect(await refuse(goodBody(customer, { issueNumber }))).toEqual(['issueNumber']);
      expect(await refuse(goodBody(customer, { phase: 'scan', issueNumber }))).toEqual(['issueNumber']);
    },
  );

  it('null if the phase requires one', async () => {
    expect(await refuse(goodBody(customer, { issueNumber: null }))).toEqual(['issueNumber']);
    expect(await refuse(goodBody(customer, { phase: 'mitigate', issueNumber: null }))).toEqual(['issueNumber']);
  });
});

it.each(['SCAN', 'scans', 'fix', 'constructor', '__proto__', ' scan'])(
  'refuses the unknown phase %s',
  async (phase) => {
    expect(await refuse(goodBody(customer, { phase }))).toEqual(['phase']);
  },
);

it.each(['bitbucket', 'GitHub', 'constructor'])('refuses the unknown forge %s', async (forge) => {
  expect(await refuse(goodBody(customer, { forge }))).toEqual(['forge']);
});

it.each(['a b', '-a', '../a', 'a/b', 'a;b', 'ä', '\n'])('refuses the commit %j', async (commitSha) => {
  expect(await refuse(goodBody(customer, { commitSha }))).toEqual(['commitSha']);
});

describe('refuses data', () => {
  it.each([[null], [[]], [[{}]], ['{}'], [42], [true]])('%j', async (data) => {
    expect(await refuse(goodBody(customer, { data }))).toEqual(['data']);
    expect(await refuse(goodBody(customer, { data, status: 'failed' }))).toEqual(['data']);
  });

  it.each([
    ['scan', { validation: { 'issue-42': {} } }, 'data'],
    ['validation', { scan: {} }, 'data'],
    ['validation', { scan: {}, mitigation: { 42: {} } }, 'data'],
    ['mitigation', { validate: { 42: {} } }, 'data'],
    ['scan', { scan: null }, 'data.scan'],
    ['scan', { scan: [] }, 'data.scan'],
    ['validation', { validation: 'yes' }, 'data.validation'],
    ['validation', { validate: { 'issue-43': {}, 44: {} } }, 'data.validate'],
    ['mitigation', { mitigation: { 43: {} } }, 'data.mitigation'],
    ['mitigation', { mitigate: { 'issue-42': null } }, 'data.mitigate.issue-42'],
    ['mitigation', { mitigate: { 42: 'x' } }, 'data.mitigate.42'],
  ])('wrapped for %s as %j', async (phase, data, path) => {
    expect(await refuse(goodBody(customer, { phase, data }))).toEqual([path]);
  });
});

it.each(['[]', '[{}]', 'null', '42', '"text"', 'true'])('refuses the body %s, which is not an object', async (body) => {
  expect(await refuse(body)).toEqual(['']);
});

it('names all invalid fields at once', async () => {
  const paths = await refuse({ phase: 'no', repo: 7, commitSha: '', issueNumber: 0, data: [] });
  expect(paths.toSorted()).toEqual(['commitSha', 'data', 'issueNumber', 'phase', 'repo']);
  expect((await refuse({})).toSorted()).toEqual(['commitSha', 'phase', 'repo']);
});

it('names a field as the caller spelled it', async () => {
  const { phase, repo, data } = goodBody(customer);
  const wrong = { commit_sha: 1, issue_number: 0, started_at: 'x', completed_at: 'x', error_message: 5 };
  const paths = await refuse({ phase, repo, data, ...wrong });
  expect(paths.toSorted()).toEqual(Object.keys(wrong).toSorted());
});

it('stores nothing for a refused request', async () => {
  expect(await repositories()).toEqual(before);
});
