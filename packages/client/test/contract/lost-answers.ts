// Every mutation of createClient, with its first answer lost: the client sends it again, and it takes effect once.
import { newApiKey } from '@rsolv/shared/contract/api-key';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type * as client from '../../src/index.ts';
import { failureOf } from '../harness/failure-of.ts';
import { expectRefusal } from './platform-under-test.ts';
import type { Calls, ContractCustomer, PlatformUnderTest } from './platform-under-test.ts';

export function describeLostAnswers(given: () => { platform: PlatformUnderTest; calls: Calls }): void {
  let platform: PlatformUnderTest;
  let calls: Calls;
  let manager: ContractCustomer;
  beforeAll(() => ({ platform, calls } = given()));
  beforeEach(async () => {
    manager = await platform.addCustomer({ scopes: ['phases:read', 'phases:write', 'manage'] });
  });

  /** A client whose first answer is lost after the platform has carried out the call. */
  const losing = (): client.Client => {
    let answers = 0;
    const fetch: client.Fetch = async (url, init) => {
      const answer = await platform.fetch(url, init);
      if (answers++ === 0) throw new TypeError('the connection died');
      return answer;
    };
    return calls.typed(manager, { fetch, retryDelayMs: () => 0 });
  };
  const works = async (apiKey: string) => (await calls.query({ apiKey }, 'whoami')).status === 200;
  const validKeys = async () => {
    const { keys } = await calls.typed(manager).keys.list.query();
    return keys.filter(({ revokedAt }) => revokedAt === null).map(({ name }) => name);
  };
  const namespaces = async () => {
    const { forgeAccounts } = await calls.typed(manager).forgeAccounts.list.query();
    return forgeAccounts.map(({ namespace }) => namespace);
  };

  it('phases.store stores once', async () => {
    const repo = `${manager.namespace}/demo`;
    await losing().phases.store.mutate({ phase: 'scan', repo, commitSha: 'abc', data: {} });
    expect(await platform.seen(manager)).toHaveLength(1);
  });

  it('keys.create leaves one valid key, whose secret was received', async () => {
    const made = await losing().keys.create.mutate({ name: 'nightly' });
    expect(await works(made.apiKey)).toBe(true);
    expect(await validKeys()).toEqual(['nightly', 'test']);
  });

  it.each([0, 24])('keys.rotate with an overlap of %i hours gives a key that works', async (overlapHours) => {
    const old = await calls.typed(manager).keys.create.mutate({ name: 'old' });
    const made = await losing().keys.rotate.mutate({ id: old.id, overlapHours });
    expect(await works(made.apiKey)).toBe(true);
    expect(await works(old.apiKey)).toBe(overlapHours > 0);
    expect(await validKeys()).toEqual(['old', 'old', 'test']);
  });

  it('keys.revoke revokes', async () => {
    const old = await calls.typed(manager).keys.create.mutate({ name: 'old' });
    expect(await losing().keys.revoke.mutate({ id: old.id })).toMatchObject({ id: old.id });
    expect(await validKeys()).toEqual(['test']);
  });

  it('forgeAccounts.add adds one, with a nonce', async () => {
    const namespace = `${manager.namespace}-new`;
    const added = await losing().forgeAccounts.add.mutate({ namespace });
    expect(added.verification.nonce).toMatch(/./);
    expect(await namespaces()).toEqual([manager.namespace, namespace]);
  });

  it('forgeAccounts.remove removes', async () => {
    const { namespace } = manager;
    const removed = await losing().forgeAccounts.remove.mutate({ namespace });
    expect(removed).toMatchObject({ forge: 'github', namespace, verified: false });
    expect(await namespaces()).toEqual([]);
  });

  const headers = () => ({
    'x-api-key': manager.apiKey,
    'content-type': 'application/json',
    'idempotency-key': 'one',
  });
  const create = (input: object) =>
    calls.request('/api/v1/keys', { method: 'POST', headers: headers(), body: JSON.stringify(input) });

  it('a key that was used is not replaced, and another call with its Idempotency-Key is refused', async () => {
    const made = newApiKey.parse((await create({ name: 'first' })).body);
    expectRefusal(await create({ name: 'second' }), 422, 'IDEMPOTENCY_KEY_REUSED');
    const again = newApiKey.parse((await create({ name: 'first' })).body);
    expect(again.id).not.toBe(made.id);
    expect(await works(made.apiKey)).toBe(false);
    expect(await works(again.apiKey)).toBe(true);
    await platform.settleKeyUses();
    expectRefusal(await create({ name: 'first' }), 409, 'CONFLICT');
    expect(await works(again.apiKey)).toBe(true);
    await platform.passADay();
    expect((await create({ name: 'second' })).status).toBe(201);
  });

  it('a removal that is repeated says so, and does not touch what was added since', async () => {
    const { namespace } = manager;
    const remove = () =>
      calls.request(`/api/v1/forge-accounts?namespace=${namespace}`, { method: 'DELETE', headers: headers() });
    expect((await remove()).headers.has('idempotency-replayed')).toBe(false);
    await calls.typed(manager).forgeAccounts.add.mutate({ namespace });
    const again = await remove();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await namespaces()).toEqual([namespace]);
    const fresh = calls.typed(manager).forgeAccounts.remove.mutate({ namespace: `${namespace}-none` });
    expect(await failureOf(fresh)).toMatchObject({ code: 'RECORD_NOT_FOUND' });
  });
}
