import { describe, expect, it } from 'vitest';
import { namespaceProblem, parseRepositoryPath } from '../src/forge.ts';

describe('a repository path', () => {
  it.each([
    ['RSOLV-dev/nodegoat-vulnerability-demo', 'RSOLV-dev', 'nodegoat-vulnerability-demo'],
    ['o/r', 'o', 'r'],
    ['managed_user/.github', 'managed_user', '.github'],
    ['1/...', '1', '...'],
    [`${'o'.repeat(100)}/${'r'.repeat(100)}`, 'o'.repeat(100), 'r'.repeat(100)],
  ])('%s', (repo, namespace, name) => {
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
  ])('%j is none', (repo, problem) => {
    expect(parseRepositoryPath('github', repo)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it('is shown in a message at a readable length', () => {
    const parsed = parseRepositoryPath('github', 'x'.repeat(100_000));
    expect(JSON.stringify(parsed).length).toBeLessThan(200);
  });
});

it.each(['-a', '', 'a/b', 'a.b', 'ä', 'x'.repeat(101)])('%.20j is no namespace', (namespace) => {
  expect(namespaceProblem('github', namespace)).toContain('GitHub owner');
});

it.each(['RSOLV-dev', 'a', '0', 'managed_user'])('%s is a namespace', (namespace) => {
  expect(namespaceProblem('github', namespace)).toBeUndefined();
});
