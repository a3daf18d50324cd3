// A workflow verifies the namespace that it runs in.
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { setCustomerActive } from '../../src/accounts/set-customer-active.ts';
import { expectError, goodBody, request, store } from '@rsolv/test-harness/calls';
import { by } from '@rsolv/test-harness/key-ring';
import { startIssuers } from '@rsolv/test-harness/oidc-issuer';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';
import * as workflows from '@rsolv/test-harness/workflow';
import { makeClient, refusal } from '../trpc/client.ts';

const { github, gitlab, issuers } = await startIssuers();
const platform = await testPlatform({ issuers });
const { askToVerify, exchange, makeVerifiedCustomer, makeWorkflow, tokenOf, verify } = workflows;
const { kysely } = platform.database;

const scopes = ['phases:read', 'phases:write', 'manage'] as const;
const makeManager = () => makeCustomer(platform, { account: 'none', scopes });
const listOf = async ({ apiKey }: { apiKey: string }) =>
  (await request(platform, '/api/v1/forge-accounts', { headers: { 'x-api-key': apiKey } })).body;
const rowOf = ({ forge, namespace }: workflows.Workflow) =>
  kysely.selectFrom('forge_accounts').selectAll().where('forge_type', '=', forge).where('namespace', '=', namespace);

describe.each([
  ['GitHub', () => makeWorkflow(github)],
  ['GitLab', () => makeWorkflow(gitlab, { forge: 'gitlab', namespace: 'Proven/By/Subgroup' })],
])('on %s', (_name, make) => {
  it('gives access once a workflow has sent the nonce in its ID token', async () => {
    const workflow = make();
    const { forge, namespace, ownerId } = workflow;
    const customer = await makeManager();
    const audience = await askToVerify(platform, customer, workflow);
    expect(audience).toMatch(/^https:\/\/platform\.test\/verify\/[\w-]{43}$/);
    const forgeAccounts = [{ forge, namespace, verified: false, verifiedBy: null }];
    expect(await listOf(customer)).toMatchObject({ forgeAccounts });
    const body = goodBody({ namespace }, { forge });
    expectError(await store(platform, customer, body), 403, 'FORGE_ACCOUNT_UNVERIFIED');

    const asOnForge = { ...workflow, namespace: namespace.toUpperCase() };
    const answer = await verify(platform, await tokenOf(asOnForge, { aud: audience }));
    const verified = { forge, namespace, verified: true, verifiedBy: 'workflow', verifiedAt: expect.any(String) };
    expect(answer).toMatchObject({ status: 200, body: verified });
    expect(await listOf(customer)).toMatchObject({ forgeAccounts: [verified] });
    expect(await rowOf(workflow).executeTakeFirstOrThrow()).toMatchObject({
      owner_id: ownerId,
      issuer: workflow.issuer.url,
      nonce_hash: null,
    });
    expect((await store(platform, customer, body)).status).toBe(200);
  });
});

it('works the same over tRPC', async () => {
  const workflow = makeWorkflow(github);
  const client = makeClient(platform, await makeManager());
  const { verification, verified } = await client.forgeAccounts.add.mutate({ namespace: workflow.namespace });
  expect(verified).toBe(false);
  const hours = (verification.expiresAt.getTime() - Date.now()) / 3_600_000;
  expect(Math.round(hours)).toBe(24);
  const subjectToken = await tokenOf(workflow, { aud: verification.audience });
  const stranger = makeClient(platform, { apiKey: '' });
  expect(await stranger.forgeAccounts.verify.mutate({ subjectToken })).toMatchObject({
    verifiedBy: 'workflow',
    verifiedAt: expect.any(Date),
  });
  const again = stranger.forgeAccounts.verify.mutate({ subjectToken });
  expect(await refusal(again)).toMatchObject({ status: 401, code: 'INVALID_TOKEN' });
});

it('can be repeated with its Idempotency-Key after a lost response, and with no other', async () => {
  const workflow = makeWorkflow(github);
  const aud = await askToVerify(platform, await makeManager(), workflow);
  const subjectToken = await tokenOf(workflow, { aud });
  const send = (key: string | undefined) =>
    request(platform, '/api/v1/forge-accounts/verify', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
      body: JSON.stringify({ subjectToken }),
    });
  const answers = await Promise.all([send('one'), send('one')]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(answers[1].body).toEqual(answers[0].body);
  expectError(await send('two'), 401, 'INVALID_TOKEN');
  expectError(await send(undefined), 401, 'INVALID_TOKEN');
});

describe('returns 401 if the nonce', () => {
  const message =
    'The nonce in the audience of the ID token is not valid: it was used, is older than 24 hours, or was replaced by a ' +
    'newer one. Request a new verification with POST /api/v1/forge-accounts.';
  const says = async (token: string) => expectError(await verify(platform, token), 401, 'INVALID_TOKEN').message;

  it.each(['wrong', '', '../verify/x'])('is "%s"', async (nonce) => {
    const aud = `https://platform.test/verify/${nonce}`;
    expect(await says(await tokenOf(makeWorkflow(github), { aud }))).toBe(message);
  });

  it('was used by this or another token', async () => {
    const workflow = makeWorkflow(github);
    const aud = await askToVerify(platform, await makeManager(), workflow);
    const [first, second] = [await tokenOf(workflow, { aud }), await tokenOf(workflow, { aud })];
    expect((await verify(platform, first)).status).toBe(200);
    expect(await says(first)).toBe('The ID token was used before. Request a new token for each use.');
    expect(await says(second)).toBe(message);
  });

  it('is used by several concurrent tokens, for all but one', async () => {
    const workflow = makeWorkflow(github);
    const customer = await makeManager();
    for (let round = 0; round < 5; round++) {
      const aud = await askToVerify(platform, customer, workflow);
      const tokens = await Promise.all([1, 2, 3, 4].map(() => tokenOf(workflow, { aud })));
      const answers = await Promise.all(tokens.map((token) => verify(platform, token)));
      const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
      expect(statuses).toEqual([200, 401, 401, 401]);
    }
  });

  it('is a day old', async () => {
    const workflow = makeWorkflow(github);
    const aud = await askToVerify(platform, await makeManager(), workflow);
    await sql`update forge_accounts set nonce_expires_at = now() where namespace = ${workflow.namespace}`.execute(
      kysely,
    );
    expect(await says(await tokenOf(workflow, { aud }))).toBe(message);
  });

  it('was replaced by a newer one, also by a concurrent request', async () => {
    const workflow = makeWorkflow(github);
    const customer = await makeManager();
    const auds = await Promise.all([1, 2, 3].map(() => askToVerify(platform, customer, workflow)));
    expect(await listOf(customer)).toMatchObject({ forgeAccounts: [{}] });
    const tokens = await Promise.all(auds.map((aud) => tokenOf(workflow, { aud })));
    const answers = await Promise.all(tokens.map((token) => verify(platform, token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('belongs to a removed forge account', async () => {
    const workflow = makeWorkflow(github);
    const customer = await makeManager();
    const aud = await askToVerify(platform, customer, workflow);
    const path = `/api/v1/forge-accounts?namespace=${workflow.namespace}`;
    await request(platform, path, { method: 'DELETE', headers: { 'x-api-key': customer.apiKey } });
    expect(await says(await tokenOf(workflow, { aud }))).toBe(message);
  });

  it('is missing in the audience', async () => {
    expect(await says(await tokenOf(makeWorkflow(github)))).toBe(
      'The ID token has the audience "https://platform.test"; a verification needs "https://platform.test/verify/<nonce>". ' +
        'Request a token with the audience in the response of POST /api/v1/forge-accounts.',
    );
  });
});

describe('returns 403 if the workflow', () => {
  const mismatch = async (claimed: workflows.Workflow, shown: workflows.Workflow) => {
    const customer = await makeManager();
    const aud = await askToVerify(platform, customer, claimed);
    const { message } = expectError(await verify(platform, await tokenOf(shown, { aud })), 403, 'NAMESPACE_MISMATCH');
    expect(message).toBe(
      `The verification was requested for the ${claimed.forge} namespace "${claimed.namespace}", but the ID token comes from ` +
        `a workflow in the ${shown.forge} namespace "${shown.namespace}". ` +
        `Send an ID token of a workflow in "${claimed.namespace}".`,
    );
    return listOf(customer);
  };
  const stillPending = { forgeAccounts: [{ verified: false, verifiedBy: null }] };

  it('runs in another namespace', async () => {
    expect(await mismatch(makeWorkflow(github), makeWorkflow(github))).toMatchObject(stillPending);
  });

  it('runs in a namespace of the same name and id on another forge', async () => {
    const workflow = makeWorkflow(github);
    const twin = { ...workflow, forge: 'gitlab', issuer: gitlab } as const;
    expect(await mismatch(workflow, twin)).toMatchObject(stillPending);
  });

  it('runs in a subgroup or in a group that contains it', async () => {
    const group = makeWorkflow(gitlab, { forge: 'gitlab' });
    const below = makeWorkflow(gitlab, { forge: 'gitlab', namespace: `${group.namespace}/sub` });
    expect(await mismatch(group, below)).toMatchObject(stillPending);
    expect(await mismatch(below, group)).toMatchObject(stillPending);
  });
});

it('returns 409 without using the token if another customer has verified the namespace', async () => {
  const workflow = makeWorkflow(github);
  const verified = await makeVerifiedCustomer(platform, workflow);
  const customer = await makeManager();
  const token = await tokenOf(workflow, { aud: await askToVerify(platform, customer, workflow) });
  const { message } = expectError(await verify(platform, token), 409, 'CONFLICT');
  expect(message).toContain(`Another customer has verified the github namespace "${workflow.namespace}"`);
  const path = `/api/v1/forge-accounts?namespace=${workflow.namespace}`;
  await request(platform, path, { method: 'DELETE', headers: { 'x-api-key': verified.apiKey } });
  expect((await verify(platform, token)).status).toBe(200);
  expect((await exchange(platform, await tokenOf(workflow))).status).toBe(200);
  expect(await rowOf(workflow).execute()).toHaveLength(1);
});

it('refuses to verify for a deactivated customer', async () => {
  const workflow = makeWorkflow(github);
  const customer = await makeManager();
  const token = await tokenOf(workflow, { aud: await askToVerify(platform, customer, workflow) });
  await setCustomerActive(platform.database.fork(), { nameOrId: customer.name, active: false, by });
  const { message } = expectError(await verify(platform, token), 401, 'CUSTOMER_INACTIVE');
  expect(message).toContain('The customer of this namespace is deactivated');
});
