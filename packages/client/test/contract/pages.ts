// Pagination.
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eachPage } from '../../src/index.ts';
import { failureOf } from '../harness/failure-of.ts';
import { refusal } from './platform-under-test.ts';
import type { Answer, Calls, ContractCustomer, PlatformUnderTest } from './platform-under-test.ts';

const item = z.looseObject({ id: z.string() });
const page = z.object({ nextCursor: z.string().nullable() }).catchall(z.array(item));

interface Listed {
  readonly ids: readonly string[];
  readonly nextCursor: string | null;
  readonly link: string | null;
}

export function describePages(given: () => { platform: PlatformUnderTest; calls: Calls }): void {
  let platform: PlatformUnderTest;
  let calls: Calls;
  let manager: ContractCustomer;
  let other: ContractCustomer;
  beforeAll(async () => {
    ({ platform, calls } = given());
    manager = await platform.addCustomer({ scopes: ['manage'] });
    other = await platform.addCustomer({ scopes: ['manage'] });
    for (const name of ['Zeta', 'alpha', 'Beta', 'alpha-2']) {
      await calls.typed(manager).keys.create.mutate({ name });
      await calls.typed(manager).forgeAccounts.add.mutate({ namespace: name });
      await calls.typed(other).forgeAccounts.add.mutate({ namespace: name });
    }
    await calls.typed(other).keys.create.mutate({});
  });

  const get = (list: string, query: Record<string, string> = {}, { apiKey } = manager): Promise<Answer> =>
    calls.request(`/api/v1/${list}?${new URLSearchParams(query)}`, { headers: { 'x-api-key': apiKey } });

  async function read(list: string, query?: Record<string, string>, customer?: ContractCustomer): Promise<Listed> {
    const { status, body, headers } = await get(list, query, customer);
    expect({ status, body }).toMatchObject({ status: 200 });
    const { nextCursor, ...arrays } = page.parse(body);
    const ids = Object.values(arrays).flatMap((items) => items.map(({ id }) => id));
    return { nextCursor, ids, link: headers.get('link') };
  }

  describe.each(['keys', 'forge-accounts'])('GET /api/v1/%s', (list) => {
    it.each(['1', '2', '3', '5'])('lists each item once in pages of %s, by cursor and by link', async (limit) => {
      const { ids } = await read(list);
      const byCursor: string[] = [];
      const byLink: string[] = [];
      let query: Record<string, string> | undefined = { limit };
      let linked: Record<string, string> | undefined = { limit };
      while (query !== undefined && linked !== undefined) {
        const one: Listed = await read(list, query);
        const same: Listed = await read(list, linked);
        byCursor.push(...one.ids);
        byLink.push(...same.ids);
        query = one.nextCursor === null ? undefined : { limit, cursor: one.nextCursor };
        const search: string | undefined = /^<\?([^>]*)>; rel="next"$/.exec(same.link ?? '')?.[1];
        linked = search === undefined ? undefined : Object.fromEntries(new URLSearchParams(search));
        expect(linked).toEqual(query);
      }
      expect(byCursor).toEqual(ids);
      expect(byLink).toEqual(ids);
      expect(ids).toHaveLength(5);
    });

    it.each<[string, string, string]>([
      ['limit', '0', 'must be an integer from 1 to 1000, not "0"'],
      ['limit', '1001', 'must be an integer from 1 to 1000, not "1001"; follow nextCursor to read more'],
      ['limit', 'ten', 'must be an integer from 1 to 1000, not "ten"'],
      ['cursor', 'next', 'is damaged'],
      ['cursor', '', 'is damaged'],
      ['cursor', 'x'.repeat(2001), 'must have at most 2000 characters'],
    ])('returns 400 for %s=%s', async (name, value, message) => {
      const answer = refusal(await get(list, { [name]: value }));
      expect(answer).toMatchObject({ status: 400, code: 'INVALID_INPUT', paths: [name] });
      expect(answer.message).toContain(message);
    });

    it('returns 400 for a damaged cursor, or one of another list or customer', async () => {
      const cursorOf = async (...from: Parameters<typeof read>) => String((await read(...from)).nextCursor);
      const own = await cursorOf(list, { limit: '1' });
      const another = list === 'keys' ? 'forge-accounts' : 'keys';
      for (const [cursor, message] of [
        [await cursorOf(another, { limit: '1' }), 'belongs to another list'],
        [await cursorOf(list, { limit: '1' }, other), 'belongs to another customer'],
        [own.slice(0, -2), 'is damaged'],
      ] as const) {
        const answer = refusal(await get(list, { cursor }));
        expect(answer).toMatchObject({ status: 400, code: 'INVALID_INPUT', paths: ['cursor'] });
        expect(answer.message).toContain(message);
        expect(answer.message).toContain('or omit cursor to start at the first page');
      }
      expect(await read(list, { cursor: own })).toMatchObject({ nextCursor: null });
    });
  });

  it('sorts keys by time, and namespaces by code point', async () => {
    const { keys } = await calls.typed(manager).keys.list.query();
    expect(keys.map(({ name }) => name)).toEqual(['alpha-2', 'Beta', 'alpha', 'Zeta', 'test']);
    const { forgeAccounts } = await calls.typed(manager).forgeAccounts.list.query();
    const names = ['Beta', 'Zeta', 'alpha', 'alpha-2', manager.namespace];
    expect(forgeAccounts.map(({ namespace }) => namespace)).toEqual(names.toSorted());
  });

  it('reflects items that are added after the cursor or removed between pages', async () => {
    const customer = await platform.addCustomer({ scopes: ['manage'], account: 'none' });
    const { forgeAccounts } = calls.typed(customer);
    for (const namespace of ['b', 'd', 'f']) await forgeAccounts.add.mutate({ namespace });
    const { nextCursor: cursor } = await forgeAccounts.list.query({ limit: 2 });
    for (const namespace of ['a', 'c', 'e', 'g']) await forgeAccounts.add.mutate({ namespace });
    for (const namespace of ['d', 'f']) await forgeAccounts.remove.mutate({ namespace });
    const rest = await forgeAccounts.list.query({ limit: 1000, cursor });
    expect(rest.forgeAccounts.map(({ namespace }) => namespace)).toEqual(['e', 'g']);
  });

  it('eachPage of the client requests one page at a time, only when needed', async () => {
    let requests = 0;
    const client = calls.typed(manager, { onRequest: () => void requests++ });
    const sizes: number[] = [];
    for await (const { keys } of eachPage(client.keys.list, { limit: 2 })) sizes.push(keys.length);
    expect({ sizes, requests }).toEqual({ sizes: [2, 2, 1], requests: 3 });
    for await (const { forgeAccounts } of eachPage(client.forgeAccounts.list)) sizes.push(forgeAccounts.length);
    expect({ sizes, requests }).toEqual({ sizes: [2, 2, 1, 5], requests: 4 });
    for await (const { nextCursor } of eachPage(client.keys.list, { limit: 1 })) if (nextCursor !== null) break;
    expect(requests).toBe(5);
    const failing = eachPage(client.keys.list, { cursor: 'x' });
    expect(await failureOf(failing.next())).toMatchObject({ status: 400, code: 'INVALID_INPUT' });
  });

  it('accepts and rejects the same input over tRPC', async () => {
    const { keys } = calls.typed(manager);
    const first = await keys.list.query({ limit: '2', cursor: null });
    const second = await keys.list.query({ limit: 3, cursor: first.nextCursor });
    expect([first.keys.length, second.keys.length, second.nextCursor]).toEqual([2, 3, null]);
    const refused = { status: 400, code: 'INVALID_INPUT' };
    expect(await failureOf(keys.list.query({ cursor: 'x' }))).toMatchObject(refused);
    expect(await failureOf(keys.list.query({ limit: 0 }))).toMatchObject(refused);
  });
}
