// Every list in pages, over REST and tRPC.
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { everyScope } from '@rsolv/test-harness/audit-reader';
import { request } from '@rsolv/test-harness/calls';
import { fillQuotas } from '@rsolv/test-harness/fill-quotas';
import { makeCustomer, testPlatform, type TestCustomer } from '@rsolv/test-harness/platform';
import { makeClient } from '../trpc/client.ts';

const platform = await testPlatform();

let customer: TestCustomer;
beforeAll(async () => {
  customer = await makeCustomer(platform, everyScope);
  const ref = { 'x-api-key': customer.apiKey, 'content-type': 'application/json' };
  for (const namespace of ['Zeta', 'alpha', 'Alpha-2', 'beta']) {
    await request(platform, '/api/v1/forge-accounts', {
      method: 'POST',
      headers: ref,
      body: JSON.stringify({ namespace }),
    });
    await request(platform, '/api/v1/keys', {
      method: 'POST',
      headers: ref,
      body: JSON.stringify({ name: namespace }),
    });
  }
});

const item = z.looseObject({ id: z.string() });
const pageSchema = z.object({ nextCursor: z.string().nullable() }).catchall(z.array(item));

/** A page of a list over REST. */
async function page(list: string, query: Record<string, string> = {}, { apiKey } = customer) {
  const path = `/api/v1/${list}?${new URLSearchParams(query).toString()}`;
  const answer = await request(platform, path, { headers: { 'x-api-key': apiKey } });
  expect(answer).toMatchObject({ status: 200 });
  const { nextCursor, ...rest } = pageSchema.parse(answer.body);
  const items = Object.values(rest).flat();
  return { nextCursor, items, names: Object.keys(rest), headers: answer.headers };
}

/** All ids of a list, in pages of this size. */
async function walk(list: string, query: Record<string, string>) {
  const ids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { items, nextCursor } = await page(list, cursor === undefined ? query : { ...query, cursor });
    ids.push(...items.map(({ id }) => id));
    cursor = nextCursor;
  }
  return ids;
}

describe.each([
  ['keys', 'keys', {}],
  ['forge-accounts', 'forgeAccounts', {}],
  // Of all events, whose number grows with every call, those that do not.
  ['audit-events', 'events', { action: 'key.create' }],
])('GET /api/v1/%s', (list, name, query) => {
  it('returns one array and the next cursor, which is null on the last page', async () => {
    const { names, items, nextCursor } = await page(list, query);
    expect({ names, nextCursor, count: items.length }).toEqual({ names: [name], nextCursor: null, count: 5 });
  });

  it.each(['1', '2', '3', '4', '5'])('returns every item once in pages of %s', async (limit) => {
    const { items } = await page(list, query);
    expect(await walk(list, { ...query, limit })).toEqual(items.map(({ id }) => id));
  });

  it('links to the next page by a reference that resolves to the same path', async () => {
    // A filter whose value has to be encoded in a URL.
    const filters = list === 'audit-events' ? { ...query, since: '2020-01-01T01:00:00+01:00' } : query;
    const first = await page(list, { limit: '2', ...filters });
    const link = first.headers.get('link') ?? '';
    const [, reference = ''] = /^<([^>]+)>; rel="next"$/.exec(link) ?? [];
    const target = new URL(reference, `https://proxy.test/platform/api/v1/${list}?limit=2`);
    expect(target.pathname).toBe(`/platform/api/v1/${list}`);
    const expected = { limit: '2', ...filters, cursor: first.nextCursor };
    expect(Object.fromEntries(target.searchParams)).toEqual(expected);
    const next = await request(platform, `/api/v1/${list}${reference}`, { headers: { 'x-api-key': customer.apiKey } });
    expect(next.headers.get('link')).not.toBe(link);
    expect(next.headers.get('link')).toContain('rel="next"');
  });

  it('answers HEAD with the same link', async () => {
    const init = { method: 'HEAD', headers: { 'x-api-key': customer.apiKey } };
    const head = await request(platform, `/api/v1/${list}?limit=1`, init);
    expect(head.headers.get('link')).toMatch(/^<\?limit=1&cursor=[\w-]+>; rel="next"$/);
  });

  it('has no link on the last page', async () => {
    const { headers } = await page(list, query);
    expect(headers.has('link')).toBe(false);
  });

  it('has no next page after a last page that is full', async () => {
    const { nextCursor } = await page(list, { ...query, limit: '4' });
    expect(nextCursor).not.toBeNull();
    expect(await page(list, { ...query, limit: '1', cursor: nextCursor ?? '' })).toMatchObject({ nextCursor: null });
  });
});

it('sorts namespaces by code point, alike on every database', async () => {
  const { items } = await page('forge-accounts');
  expect(items.map(({ namespace }) => namespace)).toEqual(['Alpha-2', 'Zeta', 'alpha', 'beta', customer.namespace]);
});

it('returns 100 items by default and 1,000 at most', async () => {
  const full = await makeCustomer(platform, everyScope);
  await fillQuotas(platform, full, { keys: 998, revokedKeys: 100, forgeAccounts: 999 });
  for (const list of ['keys', 'forge-accounts']) {
    expect((await page(list, {}, full)).items).toHaveLength(100);
    expect((await page(list, { limit: '1000' }, full)).items).toHaveLength(1000);
  }
});

it('pages are the same over tRPC, where a cursor may be null', async () => {
  const { keys, forgeAccounts, audit } = makeClient(platform, customer);
  const first = await keys.list.query({ limit: 2, cursor: null });
  expect(first.keys.map(({ name }) => name)).toEqual(['beta', 'Alpha-2']);
  const overRest = await page('keys', { limit: '2', cursor: first.nextCursor ?? '' });
  const second = await keys.list.query({ limit: 2, cursor: first.nextCursor });
  expect(second.keys.map(({ id }) => id)).toEqual(overRest.items.map(({ id }) => id));
  expect(second.nextCursor).toBe(overRest.nextCursor);
  expect((await keys.list.query()).keys).toHaveLength(5);
  expect((await forgeAccounts.list.query()).forgeAccounts).toHaveLength(5);
  expect((await audit.list.query()).events.length).toBeGreaterThan(10);
});
