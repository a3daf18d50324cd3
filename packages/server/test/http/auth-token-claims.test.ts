// Claims as forges of every age send them, or as nobody should. A claim that only informs costs no exchange; one that decides
// about access is refused by name.
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { expectError } from '@rsolv/test-harness/calls';
import { startIssuers } from '@rsolv/test-harness/oidc-issuer';
import { testPlatform } from '@rsolv/test-harness/platform';
import { exchange, makeVerifiedCustomer, makeWorkflow, tokenOf, type Changes } from '@rsolv/test-harness/workflow';

const { github, gitlab, issuers } = await startIssuers();
const platform = await testPlatform({ issuers });
const forges = {
  github: makeWorkflow(github),
  gitlab: makeWorkflow(gitlab, { forge: 'gitlab' }),
};
for (const workflow of Object.values(forges)) await makeVerifiedCustomer(platform, workflow);

const now = () => Math.floor(Date.now() / 1000);
const exchangeWith = async (forge: 'github' | 'gitlab', changes: Changes) =>
  exchange(platform, await tokenOf(forges[forge], changes));

describe('accepts', () => {
  const informing = {
    github: ['run_attempt', 'workflow_ref', 'ref', 'actor'],
    gitlab: ['job_id', 'ci_config_ref_uri', 'ref', 'user_login', 'pipeline_source'],
  } as const;

  it.each(Object.entries(informing).flatMap(([forge, names]) => names.map((name) => [forge, name] as const)))(
    '%s tokens whose %s is absent, null, empty or a number',
    async (forge, name) => {
      for (const value of [undefined, null, '', 7]) {
        const changes = { [name]: value };
        const answer = await exchangeWith(forge === 'github' ? 'github' : 'gitlab', changes);
        expect({ changes, answer }).toMatchObject({ answer: { status: 200 } });
      }
    },
  );

  it.each<['github' | 'gitlab', string, () => Changes]>([
    ['github', 'ids as numbers', () => idsAsNumbers('repository_id', 'repository_owner_id', 'github')],
    ['gitlab', 'ids as numbers', () => idsAsNumbers('project_id', 'namespace_id', 'gitlab')],
    ['github', 'numbers of the run', () => ({ run_id: 123, run_attempt: 1 })],
    ['gitlab', 'numbers of the pipeline', () => ({ pipeline_id: 123, job_id: 456 })],
    ['github', 'empty references of a push', () => ({ head_ref: '', base_ref: '', environment: '' })],
    ['gitlab', 'empty texts of a job without a user', () => ({ user_id: '', user_email: '', user_access_level: null })],
    ['gitlab', 'the paths of a newer GitLab', () => ({ job_project_path: 'other/one', job_project_id: '1' })],
    ['github', 'a subject of ids', () => ({ sub: 'repo:acme@1/shop@2:ref:refs/heads/main' })],
    ['github', 'a subject that somebody customized', () => ({ sub: 'environment:prod' })],
    ['github', 'no subject', () => ({ sub: undefined })],
    ['github', 'fractions of seconds', () => ({ iat: now() - 0.5, exp: now() + 300.5, nbf: now() - 5.25 })],
    [
      'github',
      'an issuer whose clock is minutes ahead',
      () => ({ iat: now() + 240, nbf: now() + 240, exp: now() + 540 }),
    ],
    [
      'gitlab',
      'an issuer whose clock is minutes behind',
      () => ({ iat: now() - 240, nbf: now() - 245, exp: now() + 60 }),
    ],
  ])('%s tokens with %s', async (forge, _name, changes) => {
    const { status, body } = await exchangeWith(forge, changes());
    expect({ status, body }).toMatchObject({ status: 200 });
  });

  const idsAsNumbers = (repository: string, owner: string, forge: 'github' | 'gitlab') => ({
    [repository]: Number(forges[forge].repositoryId),
    [owner]: Number(forges[forge].ownerId),
  });
});

describe('refuses by name', () => {
  const deciding = {
    github: ['repository', 'repository_id', 'repository_owner_id', 'event_name', 'run_id', 'jti', 'aud'],
    gitlab: ['project_path', 'project_id', 'namespace_id', 'pipeline_id', 'jti', 'aud'],
  } as const;
  const wrong = [undefined, null, '', ' ', '\n', true, {}, [[]], '\0', 'x'.repeat(2000), -1, 1e300, ' 12\r\n'];

  it.each(Object.entries(deciding).flatMap(([forge, names]) => names.map((name) => [forge, name] as const)))(
    '%s tokens whose %s can not be',
    async (forge, name) => {
      for (const value of wrong) {
        // These are as good as any other text where a text decides only by being the same.
        if (typeof value === 'string' && value !== '' && /^(event_name|jti|aud)$/.test(name)) continue;
        const answer = await exchangeWith(forge === 'github' ? 'github' : 'gitlab', { [name]: value });
        expect(answer.status, `${name}: ${JSON.stringify(value)}`).toBe(401);
        expect(expectError(answer, 401, 'INVALID_TOKEN').message).toMatch(
          name === 'repository' || name === 'project_path' ? /repository|project_path/ : name,
        );
      }
    },
  );

  it.each<[string, () => Changes]>([
    ['exp', () => ({ exp: String(now() + 300) })],
    ['exp', () => ({ exp: null })],
    ['iat', () => ({ iat: String(now()) })],
    ['nbf', () => ({ nbf: 'now' })],
    ['ref', () => ({ ref: { refs: 'heads' } })],
    ['actor', () => ({ actor: ['octocat'] })],
    ['workflow_ref', () => ({ workflow_ref: 'x'.repeat(1001) })],
    ['ref', () => ({ ref: 'refs/heads/\0' })],
  ])('a wrong %s', async (name, changes) => {
    const { message } = expectError(await exchangeWith('github', changes()), 401, 'INVALID_TOKEN');
    expect(message).toContain(name);
  });

  it.each(['null', '[]', '"a"', '{', '{"iss":{}}', `{"iss":${'['.repeat(5000)}`])(
    'the claims %.20s',
    async (claims) => {
      const part = (text: string) => Buffer.from(text).toString('base64url');
      const token = `${part('{"alg":"RS256"}')}.${part(claims)}.${part(randomUUID())}`;
      expect(expectError(await exchange(platform, token), 401, 'INVALID_TOKEN').message).toMatch(/ID token/);
    },
  );
});
