// The routes that read executions and repositories: every response is as documented.
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { everyScope } from '@rsolv/test-harness/audit-reader';
import { request, storeGood } from '@rsolv/test-harness/calls';
import { isReports, readDocument, type Call } from '@rsolv/test-harness/openapi-document';
import { makeCustomer, startTestPlatform, testBodyLimitBytes, testPlatform } from '@rsolv/test-harness/platform';
import type { TestCustomer, TestPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const document = await readDocument(platform);
const customer = await makeCustomer(platform, everyScope);
const missing = '0199a2b4-5c3e-7d10-8f6a-3b2c1d0e9f88';

const show = (id: string): Call => ({ path: '/api/v1/executions/{id}', to: `/api/v1/executions/${id}` });
const lists: Call[] = [{ path: '/api/v1/repositories' }, { path: '/api/v1/executions' }];
const rename = (id: string, repo: string, changes: object = {}): Call => ({
  path: '/api/v1/repositories/{id}/rename',
  to: `/api/v1/repositories/${id}/rename`,
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ repo }),
  ...changes,
});
const reads = [...lists, show(missing)];
const all = [...reads, rename(missing, 'o/r')];

/** The status of a call, whose response is validated against the document. */
async function statusOf(call: Call, as: TestCustomer | undefined = customer, on: TestPlatform = platform) {
  const { status } = await document.check(on, {
    ...call,
    headers: { ...call.headers, ...(as && { 'x-api-key': as.apiKey }) },
  });
  return status;
}

it('returns 200 for every phase, state and form', async () => {
  const ids = [];
  for (const phase of ['scan', 'validation', 'mitigation']) {
    ids.push(await storeGood(platform, customer, { phase, data: { prUrl: 'https://github.com/acme/shop/pull/7' } }));
    for (const status of ['pending', 'running', 'failed']) {
      ids.push(await storeGood(platform, customer, { phase, status, errorMessage: 'why', data: {} }));
    }
  }
  for (const list of lists) expect(await statusOf(list)).toBe(200);
  for (const id of ids) {
    expect(await statusOf(show(id))).toBe(200);
    expect(await statusOf({ ...show(id), query: '?include=data' })).toBe(200);
  }
});

it('returns 400 for invalid parameters, and 404 for an execution that does not exist', async () => {
  for (const call of all) expect(await statusOf({ ...call, query: '?statsu=failed' })).toBe(400);
  expect(await statusOf(show(missing))).toBe(404);
  expect(await statusOf(show('no-uuid'))).toBe(404);
  expect(await statusOf(rename(missing, `${customer.namespace}/new`))).toBe(404);
});

it('renames a repository, and returns 409, 413 and 415 where it can not', async () => {
  await storeGood(platform, customer, { repo: `${customer.namespace}/one` });
  await storeGood(platform, customer, { repo: `${customer.namespace}/two` });
  const answer = await request(platform, '/api/v1/repositories', { headers: { 'x-api-key': customer.apiKey } });
  const [two] = z
    .looseObject({ repositories: z.array(z.looseObject({ id: z.string() })) })
    .parse(answer.body).repositories;
  const id = two?.id ?? '';
  expect(await statusOf(rename(id, `${customer.namespace}/three`))).toBe(200);
  expect(await statusOf(rename(id, `${customer.namespace}/one`))).toBe(409);
  expect(await statusOf(rename(id, '', { body: ' '.repeat(testBodyLimitBytes + 1) }))).toBe(413);
  expect(await statusOf(rename(id, '', { headers: { 'content-type': 'text/plain' } }))).toBe(415);
});

it('returns 401 without a key, and 403 without a scope that reads', async () => {
  const writer = await makeCustomer(platform, { scopes: ['phases:write'] });
  for (const call of all) {
    expect((await document.check(platform, call)).status).toBe(401);
    expect(await statusOf(call, writer)).toBe(403);
  }
});

it('returns 429 over a limit, and 500 and 503 where the database fails', async () => {
  const broken = await startTestPlatform({ rateLimits: { perKey: 1 } });
  const busy = await makeCustomer(broken, everyScope);
  for (const call of lists.slice(0, 1)) expect(await statusOf(call, busy, broken)).toBe(200);
  for (const call of all) expect(await statusOf(call, busy, broken)).toBe(429);
  const stranger = await makeCustomer(broken, everyScope);
  const owners = await Promise.all(all.map(() => makeCustomer(broken, everyScope)));
  await sql`alter table repositories rename column forge_type to forge`.execute(broken.database.kysely);
  for (const [at, call] of all.entries()) expect(await statusOf(call, owners[at], broken)).toBe(500);
  await broken.database.close();
  for (const call of all) expect(await statusOf(call, stranger, broken)).toBe(503);
  await broken[Symbol.asyncDispose]();
});

it('has returned every documented status', () => {
  const { documented, seen } = document.statuses(isReports);
  expect(seen).toEqual(documented);
});
