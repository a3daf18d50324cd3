// What the API key of a workflow may do, and how long it is kept.
import { describe, expect, it } from 'vitest';
import { tokenExchangeResponse } from '@rsolv/shared/contract/token-exchange';
import { sql } from 'kysely';
import { deleteExpiredWorkflowKeys } from '../../src/accounts/delete-expired-workflow-keys.ts';
import { expectError, goodBody, request, retrieve, store } from '@rsolv/test-harness/calls';
import { startIssuers } from '@rsolv/test-harness/oidc-issuer';
import { testPlatform } from '@rsolv/test-harness/platform';
import { exchange, keyOf, makeVerifiedCustomer, makeWorkflow, tokenOf } from '@rsolv/test-harness/workflow';

const { github, gitlab, issuers } = await startIssuers();
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

  it('gets a key that reads and writes only its own repository', async () => {
    const customer = await makeVerifiedCustomer(platform, workflow);
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
    const key = { apiKey: tokenExchangeResponse.parse(answer.body).access_token };
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

  it('may not manage anything, and its key is neither listed nor rotated', async () => {
    const { apiKey } = await keyOf(platform, workflow);
    const headers = { authorization: `Bearer ${apiKey}` };
    for (const path of ['keys', 'forge-accounts', 'audit-events']) {
      const { message } = expectError(await request(platform, `/api/v1/${path}`, { headers }), 403, 'SCOPE_MISSING');
      expect(message).toContain('phases:read, phases:write');
    }
  });
});

describe('the key of a workflow', () => {
  const workflow = makeWorkflow(github);
  const setUp = async () => {
    const customer = await makeVerifiedCustomer(platform, workflow);
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

  it('is not listed, can not be rotated and can be revoked', async () => {
    const { customer } = await given();
    const key = await keyOf(platform, workflow);
    const call = (method: string, path = '') =>
      request(platform, `/api/v1/keys${path}`, { method, headers: { 'x-api-key': customer.apiKey } });
    expect(await call('GET')).toMatchObject({ status: 200, body: { keys: [{ id: customer.apiKeyId }] } });
    const { id } = await rowOf(key);
    const { message } = expectError(await call('POST', `/${id}/rotate`), 409, 'CONFLICT');
    expect(message).toBe(
      "This API key was issued to a workflow, so it can't be rotated: the workflow's next run gets a new key for its ID token. You can revoke it.",
    );
    expect(await call('DELETE', `/${id}`)).toMatchObject({ status: 200 });
    expectError(await store(platform, key, goodBody(workflow)), 401, 'API_KEY_REVOKED');
  });

  it('records the run that it was issued to, and expires', async () => {
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

  it('is deleted after a month, unless it has stored something', async () => {
    await given();
    const keys = [await keyOf(platform, workflow), await keyOf(platform, workflow), await keyOf(platform, workflow)];
    const [writer, idle, recent] = await Promise.all(keys.map(rowOf));
    expect(
      await store(platform, keys[0] ?? { apiKey: '' }, goodBody(workflow, { repo: `${workflow.namespace}/shop` })),
    ).toMatchObject({ status: 200 });
    await sql`update api_keys set expires_at = now() - interval '31 days' where id in (${writer?.id}, ${idle?.id})`.execute(
      kysely,
    );
    await deleteExpiredWorkflowKeys(kysely);
    const left = await kysely
      .selectFrom('api_keys')
      .select('id')
      .where(
        'id',
        'in',
        [writer, idle, recent].map((row) => row?.id ?? ''),
      )
      .execute();
    expect(new Set(left.map(({ id }) => id))).toEqual(new Set([writer?.id, recent?.id]));
  });

  it('is refused for its checksum with one wrong character', async () => {
    const { key } = await given();
    const apiKey = key.apiKey.replace(/.$/, (last) => (last === 'x' ? 'y' : 'x'));
    expect(expectError(await store(platform, { apiKey }, {}), 401, 'API_KEY_UNKNOWN').message).toContain('checksum');
  });
});
