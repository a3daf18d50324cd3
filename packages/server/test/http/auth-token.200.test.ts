// Workflows exchange their ID token for an API key.
import { describe, expect, it } from 'vitest';
import { tokenTypes } from '@rsolv/shared/contract/token-exchange';
import { sql } from 'kysely';
import { z } from 'zod';
import { deleteExpiredIdTokens } from '../../src/workflows/redeem-id-token.ts';
import { expectError, goodBody, request, retrieveGood, store, storeGood } from '@rsolv/test-harness/calls';
import { startIssuers } from '@rsolv/test-harness/oidc-issuer';
import { testPlatform } from '@rsolv/test-harness/platform';
import { exchange, keyOf, makeVerifiedCustomer, makeWorkflow, tokenOf } from '@rsolv/test-harness/workflow';
import { makeClient } from '../trpc/client.ts';

const { github, issuers } = await startIssuers();
const platform = await testPlatform({ issuers });
const { kysely } = platform.database;

describe('an exchange', () => {
  const workflow = makeWorkflow(github);

  it('returns the same over tRPC, with a Date', async () => {
    await makeVerifiedCustomer(platform, workflow);
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

  it.each([tokenTypes.idToken, tokenTypes.jwt])('accepts JSON and the token type %s', async (subject_token_type) => {
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

  it('can be repeated within a minute after a lost response, which revokes the earlier key', async () => {
    const token = await tokenOf(workflow);
    const answers = await Promise.all([
      exchange(platform, token),
      exchange(platform, token),
      exchange(platform, token),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const keys = answers.map(({ body }) => z.object({ access_token: z.string() }).parse(body).access_token);
    const statuses = await Promise.all(
      keys.map((key) => request(platform, '/api/v1/whoami', { headers: { 'x-api-key': key } })),
    );
    expect(statuses.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 401, 401]);
    const { rows } = await sql<{ action: string; count: number }>`
      select action, count(*)::int as count from audit_events
      where target_id in (select id from api_keys where last_four in (${sql.join(keys.map((key) => key.slice(-4)))}))
      group by action order by action`.execute(kysely);
    expect(rows).toEqual([
      { action: 'key.exchange', count: 3 },
      { action: 'key.revoke', count: 2 },
    ]);
  });

  it.each([
    ['phases:read', 'phases:read'],
    ['phases:write phases:read', 'phases:write phases:read'],
    ['phases:read phases:read', 'phases:read'],
  ])('issues a key with only the requested scopes: %s', async (scope, given) => {
    const { status, body } = await exchange(platform, await tokenOf(workflow), { scope });
    const made = z.object({ access_token: z.string(), scope: z.string() }).parse(body);
    expect({ status, scope: made.scope }).toEqual({ status: 200, scope: given });
    const client = makeClient(platform, { apiKey: made.access_token });
    expect((await client.whoami.query()).apiKey.scopes).toEqual(given.split(' '));
  });

  it('issues a read-only key over tRPC', async () => {
    const client = makeClient(platform, { apiKey: '' });
    const subjectToken = await tokenOf(workflow);
    const { apiKey, scopes } = await client.auth.token.mutate({ subjectToken, scopes: ['phases:read'] });
    expect(scopes).toEqual(['phases:read']);
    const repo = `${workflow.namespace}/${workflow.name}`;
    expectError(await store(platform, { apiKey }, goodBody(workflow, { repo })), 403, 'SCOPE_MISSING');
  });

  it.each([
    ['as an array of one', () => ({ aud: ['https://platform.test'] })],
    ['that expired within the tolerance', (now: number) => ({ exp: now - 10 })],
    ['that begins within the tolerance', (now: number) => ({ nbf: now + 10, iat: now + 10 })],
    ['for as long as it may', (now: number) => ({ exp: now + 3600 })],
    ['without what is only for the record', () => ({ run_attempt: undefined, actor: undefined, ref: undefined })],
  ])('accepts a token %s', async (_name, changes) => {
    const token = await tokenOf(workflow, changes(Math.floor(Date.now() / 1000)));
    expect(await exchange(platform, token)).toMatchObject({ status: 200 });
  });

  it("accepts tokens of the issuer's new signing key and refuses those of the old one", async () => {
    const old = await tokenOf(workflow);
    await github.rotate();
    expect(await exchange(platform, await tokenOf(workflow))).toMatchObject({ status: 200 });
    expectError(await exchange(platform, old), 401, 'INVALID_TOKEN');
  });

  it('fetches the signing keys only when it has to', async () => {
    await keyOf(platform, workflow);
    const before = github.requestedPaths.length;
    await Promise.all([keyOf(platform, workflow), keyOf(platform, workflow)]);
    expect(github.requestedPaths).toHaveLength(before);
  });

  it('matches a repository case-insensitively, and after it was renamed', async () => {
    const { namespace } = workflow;
    await keyOf(platform, { ...workflow, namespace: namespace.toUpperCase(), name: 'SHOP' });
    await keyOf(platform, { ...workflow, name: 'renamed-shop' });
    const rows = await kysely
      .selectFrom('repositories')
      .select(['full_path', 'forge_id'])
      .where('namespace', '=', namespace)
      .orderBy('id')
      .execute();
    expect(rows).toEqual([{ full_path: `${namespace}/renamed-shop`, forge_id: workflow.repositoryId }]);
  });

  it('keeps the results of a repository that was renamed', async () => {
    const before = makeWorkflow(github, { namespace: 'Renaming', ownerId: '78', name: 'before' });
    const customer = await makeVerifiedCustomer(platform, before);
    await keyOf(platform, before);
    await storeGood(platform, customer, { repo: 'renaming/before' });
    const after = { ...before, name: 'after' };
    const { apiKey } = await keyOf(platform, after);
    expect(await retrieveGood(platform, { ...customer, apiKey }, { repo: 'renaming/after' })).toHaveProperty(
      'validation',
    );
    expect(await retrieveGood(platform, customer, { repo: 'renaming/before' })).toEqual({});
    const events = await kysely
      .selectFrom('audit_events')
      .selectAll()
      .where('action', '=', 'repository.rename')
      .where('customer_id', '=', customer.id)
      .execute();
    expect(events).toMatchObject([{ actor: 'workflow', repository: 'after', customer_id: customer.id }]);
  });

  it('keeps a repository with the id of another issuer, or beside one that has the new name, as it is', async () => {
    const first = makeWorkflow(github, { namespace: 'Apart', ownerId: '79', name: 'first' });
    const customer = await makeVerifiedCustomer(platform, first);
    await keyOf(platform, first);
    await storeGood(platform, customer, { repo: 'apart/first' });
    await storeGood(platform, customer, { repo: 'apart/second' });
    await keyOf(platform, { ...first, name: 'second' });
    expect(await retrieveGood(platform, customer, { repo: 'apart/first' })).toHaveProperty('validation');
    await sql`update forge_accounts set issuer = 'https://other.test' where namespace = 'Apart'`.execute(kysely);
    const moved = makeWorkflow(github, { ...first, namespace: 'Elsewhere', ownerId: '80' });
    await makeVerifiedCustomer(platform, moved);
    await keyOf(platform, moved);
    expect(await retrieveGood(platform, customer, { repo: 'apart/first' })).toHaveProperty('validation');
  });

  it('records the id of a repository that has stored data', async () => {
    const customer = await makeVerifiedCustomer(
      platform,
      makeWorkflow(github, { namespace: 'Before-Hand', ownerId: '77', name: 'first' }),
    );
    await store(platform, customer, goodBody(customer, { repo: 'before-hand/later' }));
    const later = makeWorkflow(github, { namespace: 'Before-Hand', ownerId: '77', name: 'Later' });
    await keyOf(platform, later);
    const row = kysely.selectFrom('repositories').select('forge_id').where('full_path', '=', 'before-hand/later');
    expect(await row.executeTakeFirstOrThrow()).toEqual({ forge_id: later.repositoryId });
  });

  it('allows the deletion of expired tokens', async () => {
    const jtis = ['forgotten', 'kept'];
    for (const jti of jtis) await exchange(platform, await tokenOf(workflow, { jti }));
    await sql`update used_id_tokens set expires_at = now() - interval '2 hours' where token_id = 'forgotten'`.execute(
      kysely,
    );
    await deleteExpiredIdTokens(kysely);
    const left = await kysely.selectFrom('used_id_tokens').select('token_id').where('token_id', 'in', jtis).execute();
    expect(left).toEqual([{ token_id: 'kept' }]);
  });
});
