import { describe, expect, it } from 'vitest';
import { expectError, request, retrieve } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const good = { repo: 'owner/demo', issue: '42', commit: 'c0ffee' };

async function refuse(query: string) {
  const answer = await request(platform, `/api/v1/phases/retrieve?${query}`, {
    headers: { 'x-api-key': customer.apiKey },
  });
  const { details = [] } = expectError(answer, 400, 'INVALID_INPUT');
  return [...new Set(details.map(({ path }) => path))].toSorted();
}

const refuseChanged = (changes: Record<string, string>) =>
  refuse(new URLSearchParams({ ...good, ...changes }).toString());

describe('refuses a parameter', () => {
  it('missing', async () => {
    expect(await refuse('')).toEqual(['commit', 'repo']);
    expect(await refuse('repo=o/r&issue=1')).toEqual(['commit']);
    expect(await refuse('commit=abc')).toEqual(['repo']);
  });

  it.each(['repo', 'issue', 'commit', 'forge'])('%s empty', async (name) => {
    expect(await refuseChanged({ [name]: '' })).toEqual([name]);
  });

  it.each(['repo', 'issue', 'commit', 'forge'])('%s twice', async (name) => {
    const value = { ...good, forge: 'github' }[name] ?? '';
    const search = new URLSearchParams({ ...good, forge: 'github' });
    search.append(name, value);
    expect(await refuse(search.toString())).toEqual([name]);
  });

  it('repeated, with the values that it was sent with', async () => {
    const search = 'repo=o/r&commit=a&commit=b&issue=1&issue=1&issue=2&issue=3';
    const answer = await request(platform, `/api/v1/phases/retrieve?${search}`, {
      headers: { 'x-api-key': customer.apiKey },
    });
    const { details } = expectError(answer, 400, 'INVALID_INPUT');
    expect(details).toEqual([
      { path: 'commit', message: 'is sent 2 times, as "a", "b"; send it once' },
      { path: 'issue', message: 'is sent 4 times, as "1", "1", "2", …; send it once' },
    ]);
  });

  it('in brackets, which is neither a list nor an object', async () => {
    expect(await refuse('repo[]=o/r&commit[x]=abc')).toEqual(['["commit[x]"]', '["repo[]"]', 'commit', 'repo']);
  });

  it.each([
    ['commit', 'a'.repeat(65)],
    ['repo', `o/${'r'.repeat(101)}`],
    ['repo', `${'o'.repeat(101)}/r`],
    ['repo', 'o'.repeat(10_000)],
    ['issue', '4'.repeat(10_000)],
    ['forge', 'f'.repeat(10_000)],
  ])('%s too long', async (name, value) => {
    expect(await refuseChanged({ [name]: value })).toEqual([name]);
  });

  it.each(['bitbucket', 'GitHub', 'constructor'])('refuses the unknown forge %s', async (forge) => {
    expect(await refuseChanged({ forge })).toEqual(['forge']);
  });

  it.each(['a b', '-a', '../a', 'a/b', 'ä', '\0', '\n'])('refuses the commit %j', async (commit) => {
    expect(await refuseChanged({ commit })).toEqual(['commit']);
  });
});

it.each(['0', '-1', '2147483648', '1e3', '12abc', '1.5', ' 42', '42 ', '+42', '0x2a', 'null', 'undefined', 'NaN'])(
  'refuses the issue %j',
  async (issue) => {
    expect(await refuseChanged({ issue })).toEqual(['issue']);
  },
);

describe('refuses a repository', () => {
  it.each([
    'demo',
    'owner/demo/more',
    'owner//demo',
    '/demo',
    'owner/',
    'owner/..',
    '../demo',
    'owner/.',
    'owner/de mo',
    'ow ner/demo',
    'owner%2Fdemo',
    'owner/de%6do',
    'owner/dëmo',
    'owner/de\0mo',
    'owner/demo\n',
  ])('%j', async (repo) => {
    expect(await refuseChanged({ repo })).toEqual(['repo']);
  });

  it.each(['owner/de+mo', 'owner/de%20mo', 'owner/de%00mo', 'owner/%FF%FE', 'owner/%', 'owner/%zz', 'owner%252Fdemo'])(
    'written in the URL as %s',
    async (repo) => {
      expect(await refuse(`repo=${repo}&issue=42&commit=c0ffee`)).toEqual(['repo']);
    },
  );

  it('unless only its slash is escaped in the URL', async () => {
    const { namespace } = customer;
    const answer = await retrieve(platform, customer, { ...good, repo: `${namespace}/demo` });
    expect(answer).toMatchObject({ status: 200, body: {} });
  });
});
