// Customers administer their own API keys and forge accounts.
import { listKeysOutput, newApiKey } from '@rsolv/shared/contract/api-key';
import { forgeAccountWithVerification } from '@rsolv/shared/contract/forge-account';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { failureOf } from '../harness/failure-of.ts';
import { refusal, trpcRefusal } from './platform-under-test.ts';
import type { Answer, Calls, ContractCustomer, PlatformUnderTest } from './platform-under-test.ts';

export function describeAdministration(given: () => { platform: PlatformUnderTest; calls: Calls }): void {
  let platform: PlatformUnderTest;
  let calls: Calls;
  let manager: ContractCustomer;
  beforeAll(() => ({ platform, calls } = given()));
  beforeEach(async () => {
    manager = await platform.addCustomer({ scopes: ['phases:read', 'phases:write', 'manage'] });
  });

  const send = (method: string, path: string, body?: unknown): Promise<Answer> =>
    calls.request(`/api/v1/${path}`, {
      method,
      headers: { 'x-api-key': manager.apiKey, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const create = async (input: object = {}) => newApiKey.parse((await send('POST', 'keys', input)).body);
  const statusOf = async (apiKey: string) => (await calls.query({ apiKey }, 'whoami')).status;

  it('creates a key, shows it once, lists it, and revokes it permanently', async () => {
    const made = await create({ name: 'nightly', scopes: ['phases:read'], expiresAt: null });
    expect(made).toMatchObject({ name: 'nightly', scopes: ['phases:read'], repositories: null, expiresAt: null });
    expect(made).toMatchObject({ lastFour: made.apiKey.slice(-4), lastUsedAt: null, revokedAt: null });
    expect(await statusOf(made.apiKey)).toBe(200);
    const listed = await send('GET', 'keys');
    const keys = [{ id: made.id, name: 'nightly' }, { name: 'test' }];
    expect(listed).toMatchObject({ status: 200, body: { keys, nextCursor: null } });
    expect(JSON.stringify(listed.body)).not.toContain(made.apiKey);
    const revoked = await send('DELETE', `keys/${made.id}`);
    expect(revoked).toMatchObject({ status: 200, body: { id: made.id, revokedAt: expect.any(String) } });
    expect(await send('DELETE', `keys/${made.id.toUpperCase()}`)).toMatchObject({ status: 200, body: revoked.body });
    expect(await statusOf(made.apiKey)).toBe(401);
  });

  it('creates keys for a year and with both phase scopes by default', async () => {
    const { status, body } = await send('POST', 'keys', {});
    const made = newApiKey.parse(body);
    const days = (Number(made.expiresAt) - Date.now()) / (24 * 3_600_000);
    expect({ status, days: Math.round(days), ...made }).toMatchObject({
      status: 201,
      days: 365,
      name: 'key',
      scopes: ['phases:read', 'phases:write'],
    });
    const restricted = await create({ repositories: [`${manager.namespace}/Demo`] });
    expect(restricted.repositories).toEqual([`github:${manager.namespace}/demo`]);
  });

  it('rotates a key: the new one has the same permissions, the old one is valid for the overlap', async () => {
    const old = await create({ name: 'old', scopes: ['phases:write'] });
    const rotated = await send('POST', `keys/${old.id}/rotate`);
    const made = newApiKey.parse(rotated.body);
    expect(rotated.status).toBe(201);
    expect(made).toMatchObject({ name: 'old', scopes: ['phases:write'], rotatedFrom: old.id });
    const { keys } = listKeysOutput.parse((await send('GET', 'keys')).body);
    const origins = new Map(keys.map(({ id, rotatedFrom }) => [id, rotatedFrom]));
    expect([origins.get(made.id), origins.get(old.id)]).toEqual([old.id, null]);
    expect([await statusOf(old.apiKey), await statusOf(made.apiKey)]).toEqual([200, 200]);
    expect(await send('POST', `keys/${old.id}/rotate`, { overlapHours: 0 })).toMatchObject({ status: 201 });
    expect(await statusOf(old.apiKey)).toBe(401);
    const again = refusal(await send('POST', `keys/${old.id}/rotate`));
    const message = `API key "old" (…${old.lastFour}) is revoked or has expired, so it can't be rotated. Create a new key with \`rsolv key create\` or POST /api/v1/keys.`;
    expect(again).toMatchObject({ status: 409, code: 'CONFLICT', message });
  });

  it('does not extend the expiry of a rotated key', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { id } = await create({ expiresAt });
    await send('POST', `keys/${id}/rotate`, { overlapHours: 24 });
    const { body } = await send('GET', 'keys');
    expect(body).toMatchObject({ keys: expect.arrayContaining([expect.objectContaining({ id, expiresAt })]) });
  });

  it('adds, lists and removes a forge account', async () => {
    const account = {
      forge: 'github',
      namespace: `${manager.namespace}-new`,
      verified: false,
      verifiedAt: null,
      verifiedBy: null,
    };
    const added = await send('POST', 'forge-accounts', { namespace: account.namespace });
    expect(added).toMatchObject({ status: 201, body: account });
    const listed = await send('GET', 'forge-accounts');
    const forgeAccounts = [{ namespace: manager.namespace, verified: true }, account];
    expect(listed).toMatchObject({ status: 200, body: { forgeAccounts, nextCursor: null } });
    const again = await send('POST', 'forge-accounts', { namespace: account.namespace.toUpperCase() });
    const nonces = [added, again].map(({ body }) => forgeAccountWithVerification.parse(body).verification.nonce);
    expect(again).toMatchObject({ status: 201, body: account });
    expect(new Set(nonces).size).toBe(2);
    const path = `forge-accounts?namespace=${account.namespace.toUpperCase()}`;
    expect(await send('DELETE', path)).toMatchObject({ status: 200, body: account });
    expect(refusal(await send('DELETE', path))).toMatchObject({ status: 404, code: 'RECORD_NOT_FOUND' });
  });

  it.each<[string, string, unknown, string[]]>([
    ['POST', 'keys', { scopes: [] }, ['scopes']],
    ['POST', 'keys', { scopes: ['everything'] }, ['scopes[0]']],
    ['POST', 'keys', { scopes: ['manage'], repositories: ['a/b'] }, ['repositories']],
    ['POST', 'keys', { repositories: ['a'] }, ['repositories[0]']],
    ['POST', 'keys', { expiresAt: '2001-01-01T00:00:00Z' }, ['expiresAt']],
    ['POST', 'keys/0/rotate', { overlapHours: -1 }, ['overlapHours']],
    ['POST', 'forge-accounts', { namespace: 'a b' }, ['namespace']],
    ['DELETE', 'forge-accounts', undefined, ['namespace']],
  ])('returns 400 for %s %s %j', async (method, path, body, paths) => {
    expect(refusal(await send(method, path, body))).toMatchObject({ status: 400, code: 'INVALID_INPUT', paths });
  });

  it('returns 404 for the keys of another customer', async () => {
    const other = await platform.addCustomer({ scopes: ['manage'] });
    const { body } = await calls.request('/api/v1/keys', { headers: { 'x-api-key': other.apiKey } });
    const { keys } = z.object({ keys: z.tuple([z.object({ id: z.string() })]) }).parse(body);
    const [{ id }] = keys;
    const answers = [
      await send('DELETE', `keys/${id}`),
      await send('POST', `keys/${id}/rotate`),
      await send('DELETE', 'keys/x'),
    ];
    const missing = { status: 404, code: 'RECORD_NOT_FOUND' };
    expect(answers.map(refusal)).toMatchObject([missing, missing, missing]);
    const typed = calls.typed(manager);
    expect(await failureOf(typed.keys.revoke.mutate({ id }))).toMatchObject({ status: 404, code: 'RECORD_NOT_FOUND' });
    expect(await statusOf(other.apiKey)).toBe(200);
  });

  it('refuses a missing scope before it validates the input', async () => {
    const reader = await platform.addCustomer();
    const answer = await calls.mutate(reader, 'keys.create', [{ scopes: [] }]);
    expect(trpcRefusal(answer)).toMatchObject({ status: 403, code: 'SCOPE_MISSING', name: 'FORBIDDEN' });
  });

  it('supports all operations over createClient, with dates as Dates', async () => {
    const { keys, forgeAccounts } = calls.typed(manager);
    const made = await keys.create.mutate({ name: 'typed' });
    expect(made.createdAt).toBeInstanceOf(Date);
    const next = await keys.rotate.mutate({ id: made.id, overlapHours: 1 });
    const listed = await keys.list.query();
    expect(listed.keys.map(({ id }) => id).slice(0, 2)).toEqual([next.id, made.id]);
    expect((await keys.revoke.mutate({ id: next.id })).revokedAt).toBeInstanceOf(Date);
    await forgeAccounts.add.mutate({ namespace: `${manager.namespace}-t` });
    expect((await forgeAccounts.list.query()).forgeAccounts).toHaveLength(2);
    const removed = await forgeAccounts.remove.mutate({ namespace: `${manager.namespace}-t` });
    expect(removed).toMatchObject({ verified: false });
  });

  it.each([
    ['PUT', 'keys', 'GET, HEAD, POST'],
    ['GET', 'keys/0', 'DELETE'],
    ['GET', 'keys/0/rotate', 'POST'],
    ['PATCH', 'forge-accounts', 'GET, HEAD, POST, DELETE'],
  ])('returns 405 for %s %s', async (method, path, allowed) => {
    const answer = await send(method, path);
    expect(refusal(answer)).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(answer.headers.get('allow')).toBe(allowed);
  });
}
