// The scopes and repository restrictions of API keys.
import type { Scope } from '@rsolv/shared/contract/api-key';
import { describe, expect, it } from 'vitest';
import { expectError, goodBody, request, retrieve, store } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();

const outcomes = async (scopes: Scope[]) => {
  const customer = await makeCustomer(platform, { scopes });
  const { repo, commitSha } = goodBody(customer);
  const stored = await store(platform, customer, goodBody(customer));
  const retrieved = await retrieve(platform, customer, { repo, commit: commitSha });
  const listed = await request(platform, '/api/v1/keys', { headers: { 'x-api-key': customer.apiKey } });
  return [stored, retrieved, listed];
};

describe('scopes', () => {
  it.each<[Scope, number[]]>([
    ['phases:write', [200, 403, 403]],
    ['phases:read', [403, 200, 403]],
    ['manage', [403, 403, 200]],
  ])('%s alone allows nothing else', async (scope, statuses) => {
    const answers = await outcomes([scope]);
    expect(answers.map(({ status }) => status)).toEqual(statuses);
    for (const answer of answers.filter(({ status }) => status === 403)) {
      const { message } = expectError(answer, 403, 'SCOPE_MISSING');
      expect(message).toMatch(new RegExp(`^The API key lacks the scope [a-z:]+; it has ${scope}\\. `));
    }
  });

  it('allow everything together', async () => {
    const answers = await outcomes(['phases:read', 'phases:write', 'manage']);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

describe('an API key that is restricted to repositories', () => {
  it('accesses only those, case-insensitively', async () => {
    const namespace = 'Restricted';
    const customer = await makeCustomer(platform, { namespace, repositories: ['github:restricted/demo'] });
    for (const repo of ['Restricted/demo', 'RESTRICTED/Demo']) {
      expect(await store(platform, customer, goodBody(customer, { repo }))).toMatchObject({ status: 200 });
      expect(await retrieve(platform, customer, { repo, commit: 'abc' })).toMatchObject({ status: 200 });
    }
    for (const repo of ['Restricted/demo2', 'Restricted/dem', 'else/demo']) {
      const refusals = [
        await store(platform, customer, goodBody(customer, { repo })),
        await retrieve(platform, customer, { repo, commit: 'abc' }),
      ];
      for (const refusal of refusals) {
        const { message } = expectError(refusal, 403, 'REPOSITORY_NOT_ALLOWED');
        expect(message).toContain('restricted to github:restricted/demo.');
        expect(message).toContain(`github:${repo.toLowerCase()}`);
      }
    }
  });

  it('is restricted to one forge, and can be restricted to projects of subgroups', async () => {
    const restriction = { namespace: 'Grouped', repositories: ['gitlab:grouped/sub/demo'] };
    const customer = await makeCustomer(platform, { ...restriction, forge: 'gitlab' });
    const statusOf = async (repo: string, forge: string) =>
      (await store(platform, customer, goodBody(customer, { repo, forge }))).status;
    expect(await statusOf('Grouped/Sub/demo', 'gitlab')).toBe(200);
    expect(await statusOf('grouped/demo', 'gitlab')).toBe(403);
    expect(await statusOf('grouped/sub/sub/demo', 'gitlab')).toBe(403);
    const onGitHub = await retrieve(platform, customer, { repo: 'grouped/demo', commit: 'abc' });
    expect(expectError(onGitHub, 403, 'REPOSITORY_NOT_ALLOWED').message).toContain(
      'may not access github:grouped/demo',
    );
  });

  it('names the first five repositories of its restriction in errors', async () => {
    const repositories = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `github:o/${name}`);
    const customer = await makeCustomer(platform, { repositories });
    const { message } = expectError(await store(platform, customer, goodBody(customer)), 403, 'REPOSITORY_NOT_ALLOWED');
    expect(message).toContain('github:o/e and 1 more.');
  });
});
