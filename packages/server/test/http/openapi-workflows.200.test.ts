// The responses to workflows are as the OpenAPI document says, for every documented status.
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { tokenExchangeGrant, tokenTypes } from '@rsolv/shared/contract/token-exchange';
import { trustIssuers } from '../../src/workflows/issuers.ts';
import { isWorkflows, pointer, readDocument } from '@rsolv/test-harness/openapi-document';
import { noDelays, startIssuers } from '@rsolv/test-harness/oidc-issuer';
import { startTestPlatform, testPlatform, type TestPlatform } from '@rsolv/test-harness/platform';
import { askToVerify, makeVerifiedCustomer, makeWorkflow, tokenOf } from '@rsolv/test-harness/workflow';

const { github, issuers } = await startIssuers();
const platform = await testPlatform({ issuers });
const document = await readDocument(platform);

const exchangePath = '/api/v1/auth/token';
const verifyPath = '/api/v1/forge-accounts/verify';

const post = (path: string, body: string, type = 'application/json') => ({
  path,
  method: 'POST',
  headers: { 'content-type': type },
  body,
});
const exchange = (token: string) => {
  const form = { grant_type: tokenExchangeGrant, subject_token: token, subject_token_type: tokenTypes.idToken };
  return post(exchangePath, new URLSearchParams(form).toString(), 'application/x-www-form-urlencoded');
};
const verify = (subjectToken: string) => post(verifyPath, JSON.stringify({ subjectToken }));
const statusOf = async (call: ReturnType<typeof post>, on: TestPlatform = platform) =>
  (await document.check(on, call)).status;

it('returns 200, 401, 403 and 409', async () => {
  const workflow = makeWorkflow(github);
  const aud = 'https://platform.test/verify/unknown';
  expect(await statusOf(exchange(await tokenOf(workflow)))).toBe(403);
  const customer = await makeVerifiedCustomer(platform, workflow);
  expect(await statusOf(exchange(await tokenOf(workflow)))).toBe(200);
  expect(await statusOf(exchange(await tokenOf(workflow, { aud })))).toBe(401);
  const token = await tokenOf(workflow, { aud: await askToVerify(platform, customer, workflow) });
  expect(await statusOf(verify(token))).toBe(200);
  expect(await statusOf(verify(await tokenOf(workflow, { aud })))).toBe(401);
  const other = await makeVerifiedCustomer(platform, makeWorkflow(github));
  const claimed = await askToVerify(platform, other, workflow);
  expect(await statusOf(verify(await tokenOf(workflow, { aud: claimed })))).toBe(409);
  expect(await statusOf(verify(await tokenOf(makeWorkflow(github), { aud: claimed })))).toBe(403);
});

it('returns 422 for another token with the same Idempotency-Key', async () => {
  const workflow = makeWorkflow(github);
  const customer = await makeVerifiedCustomer(platform, workflow);
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'once' };
  for (const status of [200, 422]) {
    const token = await tokenOf(workflow, { aud: await askToVerify(platform, customer, workflow) });
    expect(await statusOf({ ...verify(token), headers })).toBe(status);
  }
});

it('returns 400, 413 and 415', async () => {
  for (const path of [exchangePath, verifyPath]) {
    expect(await statusOf(post(path, '{}'))).toBe(400);
    expect(await statusOf(post(path, '{'))).toBe(400);
    expect(await statusOf(post(path, ' '.repeat(64 * 1024 + 1)))).toBe(413);
    expect(await statusOf(post(path, '{}', 'text/plain'))).toBe(415);
  }
});

it('returns 429, 500 and 503', async () => {
  // It has asked for no keys yet.
  const anew = trustIssuers([{ forge: 'github', url: github.url }], noDelays);
  const broken = await startTestPlatform({ issuers: anew, rateLimits: { failuresPerAddress: 3 } });
  const workflow = makeWorkflow(github);
  const calls = async () => [
    exchange(await tokenOf(workflow)),
    verify(await tokenOf(workflow, { aud: 'https://platform.test/verify/x' })),
  ];
  github.overrides.isDown = true;
  for (const call of await calls()) expect(await statusOf(call, broken)).toBe(503);
  delete github.overrides.isDown;
  await sql`drop table used_id_tokens`.execute(broken.database.kysely);
  for (const call of await calls()) expect(await statusOf(call, broken)).toBe(500);
  for (const _ of [1, 2, 3]) expect(await statusOf(verify('a.b.c'), broken)).toBe(401);
  for (const call of await calls()) expect(await statusOf(call, broken)).toBe(429);
  await broken[Symbol.asyncDispose]();
});

it('has returned every documented status', () => {
  const { documented, seen } = document.statuses(isWorkflows);
  expect(seen).toEqual(documented);
});

it('accepts every form that the document allows', () => {
  const type = 'application/x-www-form-urlencoded';
  const schema = pointer('paths', exchangePath, 'post', 'requestBody', 'content', type, 'schema');
  const form = { grant_type: tokenExchangeGrant, subject_token: 'a.b.c', subject_token_type: tokenTypes.jwt };
  expect(document.validate(schema, form)).toEqual([]);
  expect(document.validate(schema, { ...form, grant_type: 'password' })).not.toEqual([]);
});
