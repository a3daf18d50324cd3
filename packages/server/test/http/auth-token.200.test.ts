// Workflows that get a key for their ID token, and what they may do with it.
import { afterAll, describe, expect, it } from 'vitest';
import { tokenExchangeAnswer, tokenTypes } from '@rsolv/shared/token-exchange';
import { sql } from 'kysely';
import { forgetWorkflowKeys } from '../../src/customers/forget-workflow-keys.ts';
import { forgetTokens } from '../../src/workflows/claim-token.ts';
import { trustIssuers } from '../../src/workflows/issuers.ts';
import { expectError, goodBody, request, retrieve, store } from '../harness/calls.ts';
import { startOidcIssuer } from '../harness/oidc-issuer.ts';
import { testPlatform } from '../harness/platform.ts';
import { makeClient } from '../trpc/client.ts';
import { exchange, impatient, keyOf, makeHolder, makeWorkflow, tokenOf } from '../harness/workflow.ts';

const github = await startOidcIssuer();
const gitlab = await startOidcIssuer();
afterAll(async () => {
  await github[Symbol.asyncDispose]();
  await gitlab[Symbol.asyncDispose]();
});
const issuers = trustIssuers(
  [
    { forge: 'github', url: github.url },
    { forge: 'gitlab', url: gitlab.url },
  ],
  impatient,
);
const platform = await testPlatform({ issuers });
const { kysely } = platform.database;

describe.each([
  ['GitHub', () => makeWorkflow(github, { namespace: 'Acme-Hub', name: 'Shop' }), 'github:acme-hub/shop'],
  [
    'GitLab',
    () => makeWorkflow(gitlab, { forge: 'gitlab', namespace: 'Acme-Lab/Backend', name: 'shop' }),
    'gitlab:acme-lab/backend/shop',
  ],
] as const)('a workflow on %s', (_name, make, repository) => {
  const workflow = make();
  const { forge, namespace, name } = workflow;

  it('gets a key that reads and writes its repository, and no other', async () => {
    const customer = await makeHolder(platform, workflow);
    const answer = await exchange(platform, await tokenOf(workflow));
    expect(answer).toMatchObject({
      status: 200,
      body: {
        access_token: expect.stringMatching(/^rsolvw_[0-9A-Za-z]{49}$/),
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: 900,
        scope: 'phases:read phases:write',
        repository,
      },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const key = { apiKey: tokenExchangeAnswer.parse(answer.body).access_token };
    const body = goodBody(workflow, { forge, repo: `${namespace}/${name}` });
    const stored = await store(platform, key, body);
    expect(stored).toMatchObject({ status: 200 });
    const query = { forge, repo: `${namespace}/${name}`, issue: '42', commit: body.commitSha };
    const found = { status: 200, body: { validation: { 'issue-42': { validated: true } } } };
    expect(await retrieve(platform, key, query)).toMatchObject(found);
    // It is the customer's, and nobody else's.
    expect(await retrieve(platform, customer, query)).toMatchObject(found);
    for (const repo of [`${namespace}/other`, `${namespace}-2/${name}`]) {
      const refused = await store(platform, key, { ...body, repo });
      expect(expectError(refused, 403, 'REPOSITORY_NOT_ALLOWED').message).toContain(repository);
    }
    expect(stored.headers.get('rsolv-key-expires')).toBeNull();
  });

  it('may manage nothing, and its key is in no list and is not replaced', async () => {
    const { apiKey } = await keyOf(platform, workflow);
    const headers = { authorization: `Bearer ${apiKey}` };
    for (const path of ['keys', 'forge-accounts', 'audit-events']) {
      const { message } = expectError(await request(platform, `/api/v1/${path}`, { headers }), 403, 'SCOPE_MISSING');
      expect(message).toContain('phases:read, phases:write');
    }
  });
});

describe('a key that was exchanged', () => {
  const workflow = makeWorkflow(github);
  const setUp = async () => {
    const customer = await makeHolder(platform, workflow);
    return { customer, key: await keyOf(platform, workflow) };
  };
  let made: ReturnType<typeof setUp> | undefined;
  const given = () => (made ??= setUp());
  const rowOf = ({ apiKey }: { apiKey: string }) =>
    kysely
      .selectFrom('api_keys')
      .selectAll()
      .where('issued_to', 'is not', null)
      .where('last_four', '=', apiKey.slice(-4))
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();

  it('is not among the keys that people have, is not replaced, and can be revoked', async () => {
    const { customer } = await given();
    const key = await keyOf(platform, workflow);
    const call = (method: string, path = '') =>
      request(platform, `/api/v1/keys${path}`, { method, headers: { 'x-api-key': customer.apiKey } });
    expect(await call('GET')).toMatchObject({ status: 200, body: [{ id: customer.apiKeyId }] });
    const { id } = await rowOf(key);
    const { message } = expectError(await call('POST', `/${id}/rotate`), 409, 'CONFLICT');
    expect(message).toBe(
      'This API key was given to a workflow, which gets a new one for its next ID token. It can be revoked.',
    );
    expect(await call('DELETE', `/${id}`)).toMatchObject({ status: 200 });
    expectError(await store(platform, key, goodBody(workflow)), 401, 'API_KEY_REVOKED');
  });

  it('keeps on record which run it was given to, and ends', async () => {
    const { key } = await given();
    const { namespace, name, ownerId, repositoryId } = workflow;
    const row = await rowOf(key);
    expect(row.issued_to).toEqual({
      issuer: github.url,
      ownerId,
      repositoryId,
      repository: `${namespace}/${name}`,
      run: '123456789',
      part: '2',
      event: 'push',
      workflow: `${namespace}/${name}/.github/workflows/scan.yml@refs/heads/main`,
      ref: 'refs/heads/main',
      actor: 'octocat',
    });
    const lifeMs = new Date(row.expires_at ?? 0).getTime() - new Date(row.created_at).getTime();
    expect(Math.abs(lifeMs - 900_000)).toBeLessThan(60_000);
    await sql`update api_keys set expires_at = now() where id = ${row.id}`.execute(kysely);
    expectError(await store(platform, key, goodBody(workflow)), 401, 'API_KEY_EXPIRED');
  });

  it('is forgotten a month after, unless something was stored by it', async () => {
    await given();
    const keys = [await keyOf(platform, workflow), await keyOf(platform, workflow), await keyOf(platform, workflow)];
    const [writer, idle, recent] = await Promise.all(keys.map(rowOf));
    expect(
      await store(platform, keys[0] ?? { apiKey: '' }, goodBody(workflow, { repo: `${workflow.namespace}/shop` })),
    ).toMatchObject({ status: 200 });
    await sql`update api_keys set expires_at = now() - interval '31 days' where id in (${writer?.id}, ${idle?.id})`.execute(
      kysely,
    );
    await forgetWorkflowKeys(kysely);
    const left = await kysely
      .selectFrom('api_keys')
      .select('id')
      .where(
        'id',
        'in',
        [writer, idle, recent].map((row) => row?.id ?? ''),
      )
      .execute();
    expect(left.map(({ id }) => id).toSorted()).toEqual([writer?.id, recent?.id].toSorted());
  });

  it('with one character wrong is refused for its checksum', async () => {
    const { key } = await given();
    const apiKey = key.apiKey.replace(/.$/, (last) => (last === 'x' ? 'y' : 'x'));
    expect(expectError(await store(platform, { apiKey }, {}), 401, 'API_KEY_UNKNOWN').message).toContain('checksum');
  });
});

describe('an exchange', () => {
  const workflow = makeWorkflow(github);

  it('is answered the same over tRPC, with a date', async () => {
    await makeHolder(platform, workflow);
    const client = makeClient(platform, { apiKey: '' });
    const made = await client.auth.token.mutate({ subjectToken: await tokenOf(workflow) });
    const { namespace, name } = workflow;
    expect(made).toEqual({
      apiKey: expect.stringMatching(/^rsolvw_/),
      expiresAt: expect.any(Date),
      scopes: ['phases:read', 'phases:write'],
      repository: `github:${namespace}/${name}`,
    });
  });

  it.each([tokenTypes.idToken, tokenTypes.jwt])('takes JSON, and the token type %s', async (subject_token_type) => {
    const body = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: await tokenOf(workflow),
      subject_token_type,
      requested_token_type: tokenTypes.accessToken,
    };
    const headers = { 'content-type': 'application/json' };
    const answer = await request(platform, '/api/v1/auth/token', {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    expect(answer).toMatchObject({ status: 200 });
  });

  it.each([
    ['as an array of one', () => ({ aud: ['https://platform.test'] })],
    ['that expired within the tolerance', (now: number) => ({ exp: now - 10 })],
    ['that begins within the tolerance', (now: number) => ({ nbf: now + 10, iat: now + 10 })],
    ['for as long as it may', (now: number) => ({ exp: now + 3600 })],
    ['without what is only for the record', () => ({ run_attempt: undefined, actor: undefined, ref: undefined })],
  ])('takes a token %s', async (_name, changes) => {
    const token = await tokenOf(workflow, changes(Math.floor(Date.now() / 1000)));
    expect(await exchange(platform, token)).toMatchObject({ status: 200 });
  });

  it("takes a key that the issuer has changed to, and not the old one's tokens any more", async () => {
    const old = await tokenOf(workflow);
    await github.rotate();
    expect(await exchange(platform, await tokenOf(workflow))).toMatchObject({ status: 200 });
    expectError(await exchange(platform, old), 401, 'INVALID_TOKEN');
  });

  it('asks for the keys no more often than it needs to', async () => {
    await keyOf(platform, workflow);
    const before = github.asked.length;
    await Promise.all([keyOf(platform, workflow), keyOf(platform, workflow)]);
    expect(github.asked).toHaveLength(before);
  });

  it('fits a repository in whatever letter case, and one that has moved on to another name', async () => {
    const { namespace } = workflow;
    await keyOf(platform, { ...workflow, namespace: namespace.toUpperCase(), name: 'SHOP' });
    await keyOf(platform, { ...workflow, name: 'renamed-shop' });
    const rows = await kysely
      .selectFrom('repositories')
      .select(['full_path', 'forge_id'])
      .where('namespace', '=', namespace)
      .orderBy('id')
      .execute();
    expect(rows).toEqual([
      { full_path: `${namespace}/shop`, forge_id: workflow.repositoryId },
      { full_path: `${namespace}/renamed-shop`, forge_id: workflow.repositoryId },
    ]);
  });

  it('pins a repository that was stored into before', async () => {
    const customer = await makeHolder(
      platform,
      makeWorkflow(github, { namespace: 'Before-Hand', ownerId: '77', name: 'first' }),
    );
    await store(platform, customer, goodBody(customer, { repo: 'before-hand/later' }));
    const later = makeWorkflow(github, { namespace: 'Before-Hand', ownerId: '77', name: 'Later' });
    await keyOf(platform, later);
    const row = kysely.selectFrom('repositories').select('forge_id').where('full_path', '=', 'before-hand/later');
    expect(await row.executeTakeFirstOrThrow()).toEqual({ forge_id: later.repositoryId });
  });

  it('leaves tokens that have expired to be forgotten', async () => {
    const jtis = ['forgotten', 'kept'];
    for (const jti of jtis) await exchange(platform, await tokenOf(workflow, { jti }));
    await sql`update used_id_tokens set expires_at = now() - interval '2 hours' where token_id = 'forgotten'`.execute(
      kysely,
    );
    await forgetTokens(kysely);
    const left = await kysely.selectFrom('used_id_tokens').select('token_id').where('token_id', 'in', jtis).execute();
    expect(left).toEqual([{ token_id: 'kept' }]);
  });
});

it('is one of two that show the same token at once', async () => {
  const workflow = makeWorkflow(github);
  await makeHolder(platform, workflow);
  for (let round = 0; round < 5; round++) {
    const token = await tokenOf(workflow);
    const answers = await Promise.all([1, 2, 3].map(() => exchange(platform, token)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401]);
  }
});
