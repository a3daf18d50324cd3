// The administration routes work, and every response is as documented.
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { errorBody } from '@rsolv/shared/errors/error-code';
import { isAdministration, readDocument, type Call } from '@rsolv/test-harness/openapi-document';
import { fillQuotas } from '@rsolv/test-harness/fill-quotas';
import { makeCustomer, startTestPlatform, testPlatform, testBodyLimitBytes } from '@rsolv/test-harness/platform';
import type { TestCustomer, TestPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const document = await readDocument(platform);
const manager = await makeCustomer(platform, { scopes: ['manage'] });
const stranger = await makeCustomer(platform, { scopes: ['manage'] });

const none = '0199a2b4-5c3e-7d10-8f6a-3b2c1d0e9f88';
const keyOf = ({ apiKey }: Pick<TestCustomer, 'apiKey'>) => ({ 'x-api-key': apiKey });

const get = (path: string): Call => ({ path });
const post = (path: string, body: object, to = path): Call => ({
  path,
  to,
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const listKeys = get('/api/v1/keys');
const createKey = (body: object = {}) => post('/api/v1/keys', body);
const rotateKey = (id: string, body: object = {}) =>
  post('/api/v1/keys/{id}/rotate', body, `/api/v1/keys/${id}/rotate`);
const revokeKey = (id: string): Call => ({ path: '/api/v1/keys/{id}', to: `/api/v1/keys/${id}`, method: 'DELETE' });
const listAccounts = get('/api/v1/forge-accounts');
const addAccount = (namespace: string) => post('/api/v1/forge-accounts', { namespace });
const removeAccount = (namespace: string): Call => ({
  path: '/api/v1/forge-accounts',
  method: 'DELETE',
  query: `?namespace=${namespace}`,
});
const keyCalls = [listKeys, createKey(), rotateKey(none), revokeKey(none)];
const all = [...keyCalls, listAccounts, addAccount('o'), removeAccount('o')];

async function call(made: Call, { as = manager, on = platform }: { as?: TestCustomer; on?: TestPlatform } = {}) {
  return document.check(on, { ...made, headers: { ...made.headers, ...keyOf(as) } });
}

const failure = async (made: Call, options?: { as?: TestCustomer }) => {
  const { status, body } = await call(made, options);
  const { code, message, details } = errorBody.parse(body).error;
  return { status, code, message, paths: details?.map(({ path }) => path) };
};

const keyBody = z.object({ id: z.string(), apiKey: z.string(), expiresAt: z.string() });
const newKey = async (body: object = {}) => keyBody.parse((await call(createKey(body))).body);
const whoami = (apiKey: string) =>
  fetch(new URL('/api/v1/whoami', platform.url), { headers: { 'x-api-key': apiKey } }).then(({ status }) => status);
const yearMs = 365 * 24 * 60 * 60_000;

describe('keys', () => {
  it('are created, valid at once, and listed without their secret', async () => {
    const { status, body } = await call(createKey({ name: 'ci', scopes: ['phases:read'], repositories: ['O/Demo'] }));
    expect(status).toBe(201);
    const made = { name: 'ci', scopes: ['phases:read'], repositories: ['github:o/demo'], revokedAt: null };
    expect(body).toMatchObject(made);
    const { apiKey, id, expiresAt } = keyBody.parse(body);
    expect(Math.abs(Date.parse(expiresAt) - Date.now() - yearMs)).toBeLessThan(60_000);
    expect(await whoami(apiKey)).toBe(200);
    const list = await call(listKeys);
    expect(list.body).toMatchObject({ keys: [{ id, lastFour: apiKey.slice(-4) }, { id: manager.apiKeyId }] });
    expect(JSON.stringify(list.body)).not.toContain(apiKey);
  });

  it('never expire if requested, and expire at the requested time', async () => {
    expect((await call(createKey({ expiresAt: null }))).body).toMatchObject({ expiresAt: null });
    const expiresAt = '2099-01-31T00:00:00.000Z';
    expect((await call(createKey({ expiresAt }))).body).toMatchObject({ expiresAt });
  });

  it('rotate to a key with the same scopes while the old one stays valid for the overlap', async () => {
    const old = await newKey({ name: 'old', scopes: ['phases:read'], repositories: ['o/demo'] });
    const { status, body } = await call(rotateKey(old.id, { overlapHours: 1 }));
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: 'old', scopes: ['phases:read'], repositories: ['github:o/demo'] });
    expect(await Promise.all([old.apiKey, keyBody.parse(body).apiKey].map(whoami))).toEqual([200, 200]);
    const ended = z.object({ id: z.string(), expiresAt: z.string().nullable() });
    const { keys: ends } = z.object({ keys: z.array(ended) }).parse((await call(listKeys)).body);
    const end = Date.parse(ends.find(({ id }) => id === old.id)?.expiresAt ?? '');
    expect(Math.abs(end - Date.now() - 60 * 60_000)).toBeLessThan(60_000);
  });

  it('rotate without a body and without an overlap, unless they are no longer valid', async () => {
    const { id, apiKey } = await newKey();
    const { body: _none, headers: _json, ...bare } = rotateKey(id);
    expect(await call(bare)).toMatchObject({ status: 201 });
    expect(await call(rotateKey(id, { overlapHours: 0 }))).toMatchObject({ status: 201 });
    expect(await whoami(apiKey)).toBe(401);
    expect(await failure(rotateKey(id))).toMatchObject({ status: 409, code: 'CONFLICT' });
  });

  it('that never expire get an expiry by rotation', async () => {
    const { body } = await call(createKey({ expiresAt: null }));
    const { id } = z.object({ id: z.string() }).parse(body);
    expect(await call(rotateKey(id, { overlapHours: 0 }))).toMatchObject({ status: 201 });
  });

  it('are revoked permanently', async () => {
    const { id, apiKey } = await newKey();
    expect(await call(revokeKey(id))).toMatchObject({ status: 200, body: { id, revokedAt: expect.any(String) } });
    expect(await whoami(apiKey)).toBe(401);
    expect(await failure(rotateKey(id))).toMatchObject({ status: 409 });
  });

  it.each([
    ['scopes', { scopes: ['everything'] }, 'scopes[0]'],
    ['no scope at all', { scopes: [] }, 'scopes'],
    ['a repository', { repositories: ['demo'] }, 'repositories[0]'],
    ['a forge', { repositories: ['nowhere:o/demo'] }, 'repositories[0]'],
    ['repositories beside manage', { scopes: ['manage'], repositories: ['o/demo'] }, 'repositories'],
    ['an end in the past', { expiresAt: '2020-01-31T00:00:00Z' }, 'expiresAt'],
    ['a name', { name: 'a\nb' }, 'name'],
    ['a list in place of an object', [], ''],
  ])('are refused with invalid %s', async (_name, body, path) => {
    expect(await failure(createKey(body))).toMatchObject({ status: 400, code: 'INVALID_INPUT', paths: [path] });
  });

  it('of another customer are not found', async () => {
    const { id } = await newKey();
    for (const made of [rotateKey(id), revokeKey(id)]) {
      expect(await failure(made, { as: stranger })).toMatchObject({ status: 404, code: 'RECORD_NOT_FOUND' });
    }
    expect(await failure(revokeKey('no-uuid'))).toMatchObject({ status: 404 });
    expect(await failure(revokeKey('x'.repeat(101)))).toMatchObject({ status: 400, paths: ['id'] });
    expect((await call(listKeys, { as: stranger })).body).toMatchObject({ keys: [{ id: stranger.apiKeyId }] });
  });

  it.each(['?limit=0', '?cursor=x'])('are not listed with %s', async (query) => {
    for (const made of [listKeys, listAccounts])
      expect(await failure({ ...made, query })).toMatchObject({ status: 400 });
  });

  it('refuses an overlap that is not a number of hours', async () => {
    const refused = { status: 400, paths: ['overlapHours'] };
    expect(await failure(rotateKey(none, { overlapHours: -1 }))).toMatchObject(refused);
  });
});

describe('forge accounts', () => {
  it('are added unverified, listed and removed', async () => {
    expect(await call(addAccount('new-org'))).toMatchObject({ status: 201, body: { verified: false } });
    expect(await call(addAccount('NEW-org'))).toMatchObject({ status: 201, body: { namespace: 'new-org' } });
    const { body } = await call(listAccounts);
    const forgeAccounts = [{ namespace: 'new-org' }, { namespace: manager.namespace, verified: true }];
    expect(body).toMatchObject({ forgeAccounts });
    expect((await call(listAccounts, { as: stranger })).body).toMatchObject({
      forgeAccounts: [{ namespace: stranger.namespace }],
    });
    expect(await failure(removeAccount('new-org'), { as: stranger })).toMatchObject({ status: 404 });
    expect(await call(removeAccount('New-Org'))).toMatchObject({ status: 200, body: { namespace: 'new-org' } });
    expect(await failure(removeAccount('new-org'))).toMatchObject({ status: 404, code: 'RECORD_NOT_FOUND' });
  });

  it('are refused with an invalid namespace', async () => {
    expect(await failure(addAccount('not/one'))).toMatchObject({ status: 400, paths: ['namespace'] });
    expect(await failure(removeAccount('no%20name'))).toMatchObject({ status: 400, paths: ['namespace'] });
  });
});

it.each([listKeys, listAccounts])('refuses $path?limit=0', async (made) => {
  expect(await failure({ ...made, query: '?limit=0' })).toMatchObject({ status: 400, paths: ['limit'] });
});

describe('requires the scope manage', () => {
  it('returns 401 without a key and 403 without the scope', async () => {
    const worker = await makeCustomer(platform);
    for (const made of all) {
      expect((await document.check(platform, made)).status).toBe(401);
      expect(await failure(made, { as: worker })).toMatchObject({ status: 403, code: 'SCOPE_MISSING' });
    }
    const { message } = await failure(listKeys, { as: worker });
    expect(message).toContain('phases:read, phases:write');
    expect(message).toContain('lacks the scope manage');
  });

  it('returns 413 and 415 for an unsuitable body', async () => {
    for (const made of [createKey(), rotateKey(none), addAccount('o')]) {
      expect((await failure({ ...made, body: ' '.repeat(testBodyLimitBytes + 1) })).status).toBe(413);
      const text = { ...made, headers: { 'content-type': 'text/plain' } };
      expect((await failure(text)).status).toBe(415);
      expect((await failure({ ...made, body: '{' })).code).toBe('MALFORMED_BODY');
    }
  });

  it('returns 422 for another call with the same Idempotency-Key', async () => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'once' };
    expect((await call({ ...createKey(), headers })).status).toBe(201);
    for (const made of [createKey({ name: 'other' }), rotateKey(none), removeAccount('o')]) {
      expect(await failure({ ...made, headers })).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
    }
  });

  it('returns 409 at the quota of a customer', async () => {
    const full = await makeCustomer(platform, { scopes: ['manage'] });
    await fillQuotas(platform, full, { keys: 999, forgeAccounts: 999 });
    for (const made of [createKey(), addAccount('one-more')]) {
      expect(await failure(made, { as: full })).toMatchObject({ status: 409, code: 'CONFLICT' });
    }
  });

  it('returns 429 over a limit, and 500 and 503 where the database fails', async () => {
    const broken = await startTestPlatform({ rateLimits: { perKey: 1 } });
    const busy = await makeCustomer(broken, { scopes: ['manage'] });
    expect((await call(listKeys, { as: busy, on: broken })).status).toBe(200);
    for (const made of all) expect((await call(made, { as: busy, on: broken })).status).toBe(429);
    const as = await makeCustomer(broken, { scopes: ['manage'] });
    await sql`alter table customers rename column deactivated_at to ended_at`.execute(broken.database.kysely);
    for (const made of all) expect((await call(made, { as, on: broken })).status).toBe(500);
    await broken.database.close();
    for (const made of all) expect((await call(made, { as, on: broken })).status).toBe(503);
    await broken[Symbol.asyncDispose]();
  });

  it('has returned every documented status', () => {
    const { documented, seen } = document.statuses(isAdministration);
    expect(seen).toEqual(documented);
  });
});
