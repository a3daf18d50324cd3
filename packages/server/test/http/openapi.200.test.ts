// The OpenAPI document is valid, and every response of every route is as it says.
import { Validator } from '@seriousme/openapi-schema-validator';
import { sql } from 'kysely';
import { describe, expect, inject, it } from 'vitest';
import { setUpCustomer } from '../../src/accounts/set-up-customer.ts';
import { goodBody, storeGood } from '@rsolv/test-harness/calls';
import {
  isAdministration,
  isAudit,
  isReports,
  isWorkflows,
  pointer,
  readDocument,
  type Call,
} from '@rsolv/test-harness/openapi-document';
import { by, keyRing } from '@rsolv/test-harness/key-ring';
import {
  makeCustomer,
  startTestPlatform,
  testPlatform,
  testBodyLimitBytes,
  type TestCustomer,
  type TestPlatform,
} from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);
const em = platform.database.fork();
await setUpCustomer(em, keyRing, { by, customerName: customer.name, forge: 'gitlab', namespace: 'documented' });
const refused = await makeCustomer(platform, { account: 'unverified' });
const document = await readDocument(platform);

it('is a valid OpenAPI 3.1 document', async () => {
  const { openapi } = document;
  expect(openapi.openapi).toMatch(/^3\.1\./);
  const { valid, errors } = await new Validator().validate(structuredClone(openapi));
  expect({ valid, errors }).toMatchObject({ valid: true });
});

const isElsewhere = (path: string) => isAdministration(path) || isAudit(path) || isReports(path) || isWorkflows(path);
const check = async (target: TestPlatform, call: Call) => (await document.check(target, call)).status;
const validate = (where: string, value: unknown) => document.validate(where, value);

const missing = '0199a2b4-5c3e-7d10-8f6a-3b2c1d0e9f88';
const store = { method: 'POST', path: '/api/v1/phases/store' };
const retrieve = { path: '/api/v1/phases/retrieve', query: '?repo=o/r&issue=42&commit=abc' };
const whoami = { path: '/api/v1/whoami' };
const json = { 'content-type': 'application/json' };
const keyOf = ({ apiKey }: TestCustomer) => ({ 'x-api-key': apiKey });
const goodStore = (owner: TestCustomer) => ({
  ...store,
  headers: { ...json, ...keyOf(owner) },
  body: JSON.stringify(goodBody(owner)),
});
const goodRetrieve = (owner: TestCustomer) => ({
  ...retrieve,
  query: `?repo=${owner.namespace}/demo&commit=${goodBody(owner).commitSha}`,
  headers: keyOf(owner),
});

describe('every response is as documented', () => {
  it.each<[number, string, () => Call]>([
    [200, 'store', () => goodStore(customer)],
    [
      200,
      'store of a mitigation',
      () => ({
        ...goodStore(customer),
        body: JSON.stringify(
          goodBody(customer, { phase: 'mitigate', data: { prUrl: 'https://github.com/o/r/pull/7' } }),
        ),
      }),
    ],
    [200, 'retrieve', () => goodRetrieve(customer)],
    [200, 'whoami', () => ({ ...whoami, headers: keyOf(customer) })],
    [200, 'health', () => ({ path: '/health' })],
    [200, 'ready', () => ({ path: '/health/ready' })],
    [400, 'store', () => ({ ...goodStore(customer), body: '{}' })],
    [400, 'store of no JSON', () => ({ ...goodStore(customer), body: '{' })],
    [400, 'retrieve', () => ({ ...retrieve, query: '', headers: keyOf(customer) })],
    [400, 'whoami', () => ({ ...whoami, query: '?of=me', headers: keyOf(customer) })],
    [401, 'store', () => ({ ...goodStore(customer), headers: json })],
    [401, 'retrieve', () => retrieve],
    [401, 'whoami', () => whoami],
    [403, 'store', () => goodStore(refused)],
    [403, 'store elsewhere', () => ({ ...goodStore(customer), body: JSON.stringify(goodBody(refused)) })],
    [403, 'retrieve', () => goodRetrieve(refused)],
    [
      404,
      'store of an execution that does not exist',
      () => ({ ...goodStore(customer), body: JSON.stringify(goodBody(customer, { executionId: missing })) }),
    ],
    [413, 'store', () => ({ ...goodStore(customer), body: ' '.repeat(testBodyLimitBytes + 1) })],
    [415, 'store', () => ({ ...goodStore(customer), headers: { ...keyOf(customer), 'content-type': 'text/plain' } })],
  ])('%i of %s', async (status, _name, call) => {
    expect(await check(platform, call())).toBe(status);
  });

  it('409 for an execution that has ended', async () => {
    const executionId = await storeGood(platform, customer);
    const body = JSON.stringify(goodBody(customer, { executionId }));
    expect(await check(platform, { ...goodStore(customer), body })).toBe(409);
  });

  const underKey = (key: string, changes: object) => ({
    ...store,
    headers: { ...json, ...keyOf(customer), 'idempotency-key': key },
    body: JSON.stringify(goodBody(customer, changes)),
  });

  it('422 for another store with the same idempotency key', async () => {
    expect(await check(platform, underKey('used', {}))).toBe(200);
    expect(await check(platform, underKey('used', { issueNumber: 43 }))).toBe(422);
  });

  // PGlite has one connection, so a store can't meet another one that is under way.
  const hasOneConnection = inject('database') === 'pglite';
  it.skipIf(hasOneConnection)('409 while the store is in progress', async () => {
    await platform.database.kysely.transaction().execute(async (first) => {
      await sql`insert into idempotency_keys (id, customer_id, key, fingerprint, execution_id)
        values (gen_random_uuid(), ${customer.id}, 'open', ''::bytea, gen_random_uuid())`.execute(first);
      expect(await check(platform, underKey('open', {}))).toBe(409);
    });
  });

  const operations = (owner: TestCustomer) => [
    goodStore(owner),
    goodRetrieve(owner),
    { ...whoami, headers: keyOf(owner) },
  ];

  it('500 for an unexpected schema', async () => {
    const broken = await startTestPlatform();
    const owner = await makeCustomer(broken);
    await sql`alter table api_keys rename column customer_id to owner_id`.execute(broken.database.kysely);
    for (const call of operations(owner)) expect(await check(broken, call)).toBe(500);
    await broken[Symbol.asyncDispose]();
  });

  it('429 over a limit, and 503 without the database', async () => {
    const gone = await startTestPlatform({ rateLimits: { perKey: 1 } });
    const busy = await makeCustomer(gone);
    expect(await check(gone, { ...whoami, headers: keyOf(busy) })).toBe(200);
    const owner = await makeCustomer(gone);
    await gone.database.close();
    for (const call of operations(busy)) expect(await check(gone, call)).toBe(429);
    for (const call of [...operations(owner), { path: '/health/ready' }]) expect(await check(gone, call)).toBe(503);
    await gone[Symbol.asyncDispose]();
  });

  it('and every documented status was returned', () => {
    const { documented, seen } = document.statuses((path) => !isElsewhere(path));
    expect(seen).toEqual(documented);
  });
});

describe('a request that the document allows', () => {
  const schema = pointer('paths', store.path, 'post', 'requestBody', 'content', 'application/json', 'schema');

  it.each([
    ['camelCase', {}],
    ['snake_case', { commitSha: undefined, commit_sha: 'abc', issueNumber: undefined, issue_number: '42' }],
    ['a project of a subgroup', { forge: 'gitlab', repo: 'documented/sub/demo' }],
    ['everything', { forge: 'github', branch: null, status: 'failed', startedAt: '2026-01-31T12:00:00Z' }],
  ])('in %s is accepted', async (_name, changes) => {
    const body = JSON.stringify(goodBody(customer, changes));
    expect(validate(schema, JSON.parse(body))).toEqual([]);
    expect(await check(platform, { ...goodStore(customer), body })).toBe(200);
  });

  it.each([{ phase: 'x' }, { repo: 1 }, { data: [] }, { issueNumber: 'x' }, { status: 'x' }, { commitSha: undefined }])(
    'and one that it does not allow is refused: %j',
    async (changes) => {
      const body = JSON.stringify(goodBody(customer, changes));
      expect(validate(schema, JSON.parse(body))).not.toEqual([]);
      expect(await check(platform, { ...goodStore(customer), body })).toBe(400);
    },
  );
});
