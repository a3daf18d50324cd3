import { describe, expect, it } from 'vitest';
import { namespaceProblem, parseRepositoryPath } from '../src/contract/forge.ts';

describe('a repository path of GitHub', () => {
  it.each([
    ['RSOLV-dev/nodegoat-vulnerability-demo', 'RSOLV-dev', 'nodegoat-vulnerability-demo'],
    ['o/r', 'o', 'r'],
    ['managed_user/.github', 'managed_user', '.github'],
    ['1/...', '1', '...'],
    [`${'o'.repeat(100)}/${'r'.repeat(100)}`, 'o'.repeat(100), 'r'.repeat(100)],
  ])('accepts %s', (repo, namespace, name) => {
    expect(parseRepositoryPath('github', repo)).toEqual({ namespace, name });
  });

  it.each([
    ['', 'owner/name'],
    ['owner', 'owner/name'],
    ['a/b/c', 'owner/name'],
    ['/b', 'owner/name'],
    ['a/', 'owner/name'],
    ['a//b', 'owner/name'],
    ['a/..', 'repository name'],
    ['a/.', 'repository name'],
    ['../b', 'owner'],
    ['a b/c', 'owner'],
    ['a/b c', 'repository name'],
    ['a/b%20c', 'repository name'],
    ['a%2Fb/c', 'owner'],
    ['ä/b', 'owner'],
    ['a/b\n', 'repository name'],
    ['a/\0', String.raw`\u0000`],
    [`${'o'.repeat(101)}/r`, '101 characters'],
    [`o/${'r'.repeat(101)}`, '101 characters'],
  ])('refuses %j', (repo, problem) => {
    expect(parseRepositoryPath('github', repo)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it('is truncated in messages', () => {
    const parsed = parseRepositoryPath('github', 'x'.repeat(100_000));
    expect(JSON.stringify(parsed).length).toBeLessThan(200);
  });
});

const deepest = Array.from({ length: 21 }, (_, level) => `g${level}`).join('/');

describe('a repository path of GitLab', () => {
  it.each([
    ['group/project', 'group', 'project'],
    ['Group/sub_group/sub.group/my-project', 'Group/sub_group/sub.group', 'my-project'],
    [`${deepest}/p`, deepest, 'p'],
    [`${'g'.repeat(255)}/${'p'.repeat(255)}`, 'g'.repeat(255), 'p'.repeat(255)],
    ['git/atom', 'git', 'atom'],
    ['a.git.b/c', 'a.git.b', 'c'],
    // Names from before GitLab 14.9.
    ['acme/backend--api', 'acme', 'backend--api'],
    ['acme/web__app', 'acme', 'web__app'],
    ['acme/_infra', 'acme', '_infra'],
    ['acme/tools-', 'acme', 'tools-'],
    ['jane_/dotfiles', 'jane_', 'dotfiles'],
    ['a-_b/c', 'a-_b', 'c'],
    ['a/b.', 'a', 'b.'],
    ['a/.b', 'a', '.b'],
  ])('accepts %s', (repo, namespace, name) => {
    expect(parseRepositoryPath('gitlab', repo)).toEqual({ namespace, name });
  });

  it.each([
    ['', 'group/subgroup/project'],
    ['project', 'group/subgroup/project'],
    ['/a/b', 'group/subgroup/project'],
    ['a/b/', 'group/subgroup/project'],
    ['a//b', 'group/subgroup/project'],
    ['/'.repeat(100_000), 'group/subgroup/project'],
    [`${deepest}/more/p`, '21 levels of subgroups; the limit is 20'],
    [`${'g'.repeat(256)}/p`, 'GitLab group with 256 characters; the limit is 255'],
    [`g/${'p'.repeat(256)}`, 'GitLab project with 256 characters; the limit is 255'],
    [
      `${Array.from({ length: 4 }, () => 'g'.repeat(255)).join('/')}/p`,
      '1023 characters; the limit with all subgroups is 1000',
    ],
    ['-a/b', 'invalid GitLab group'],
    ['a/-/b', 'invalid GitLab group'],
    ['a/-b', 'invalid GitLab project'],
    ['a./b', 'no dot, .git'],
    [
      'a.git/b',
      'has the invalid GitLab group "a.git"; use only letters, digits, dots, hyphens and underscores, with no hyphen at the start and no dot, .git or .atom at the end',
    ],
    ['a/b.ATOM', 'invalid GitLab project'],
    ['a/b.git', 'invalid GitLab project'],
    ['a/.', 'invalid GitLab project'],
    ['a/..', 'invalid GitLab project'],
    ['a/../b', 'invalid GitLab group'],
    ['a/b c', 'invalid GitLab project'],
    ['a/b+c', 'invalid GitLab project'],
    ['ä/b', 'invalid GitLab group'],
    ['a/b\n', 'invalid GitLab project'],
    ['a%2Fb/c', 'invalid GitLab group'],
    [`${'a-'.repeat(128)}/b`, 'GitLab group with 256'],
  ])('refuses %.40j', (repo, problem) => {
    expect(parseRepositoryPath('gitlab', repo)).toEqual({ problem: expect.stringContaining(problem) });
  });
});

it.each(['', 'a/', '/a', 'a//b', `${deepest}/x`, 'a/-'])('refuses the GitLab namespace %j', (namespace) => {
  expect(namespaceProblem('gitlab', namespace)).toContain('GitLab group');
});

it.each(['group', 'group/sub', deepest])('accepts the GitLab namespace %s', (namespace) => {
  expect(namespaceProblem('gitlab', namespace)).toBeUndefined();
});

it.each(['-a', '', 'a/b', 'a.b', 'ä', 'x'.repeat(101)])('refuses the GitHub owner %.20j', (namespace) => {
  expect(namespaceProblem('github', namespace)).toContain('GitHub owner');
});

it.each(['RSOLV-dev', 'a', '0', 'managed_user'])('accepts the GitHub owner %s', (namespace) => {
  expect(namespaceProblem('github', namespace)).toBeUndefined();
});
