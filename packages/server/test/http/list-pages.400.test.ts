// A limit or a cursor that is not valid is refused, and the message says what to do.
import { encodeCursor } from '@rsolv/shared/wire/page-cursor';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { everyScope } from '@rsolv/test-harness/audit-reader';
import { expectError, request } from '@rsolv/test-harness/calls';
import { fillQuotas } from '@rsolv/test-harness/fill-quotas';
import { makeCustomer, testPlatform, type TestCustomer } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform, everyScope);
const other = await makeCustomer(platform, everyScope);
for (const each of [customer, other]) await fillQuotas(platform, each, { keys: 2, forgeAccounts: 2 });

const lists = ['keys', 'forge-accounts', 'audit-events'] as const;
type List = (typeof lists)[number];
type Query = Readonly<Record<string, string>>;

const get = (list: List, query: Query, { apiKey }: TestCustomer = customer) =>
  request(platform, `/api/v1/${list}?${new URLSearchParams(query).toString()}`, { headers: { 'x-api-key': apiKey } });

async function cursorOf(list: List, query: Query = {}, owner = customer): Promise<string> {
  const { body } = await get(list, { ...query, limit: '1' }, owner);
  return z.object({ nextCursor: z.string() }).parse(body).nextCursor;
}

/** Expects that the cursor is refused, and returns what is said. */
async function refusal(list: List, query: Query): Promise<string> {
  const { details = [] } = expectError(await get(list, query), 400, 'INVALID_INPUT');
  expect(details).toMatchObject([{ path: 'cursor' }]);
  const { message = '' } = details[0] ?? {};
  expect(message).toMatch(/, or omit cursor to start at the first page$/);
  return message;
}

describe.each(lists)('GET /api/v1/%s', (list) => {
  // The same for every list, and for a page of the command line.
  const max = 1000;

  it.each(['0', '-1', '1.5', '1e2', 'all', '', '00000', String(max + 1)])('refuses the limit "%s"', async (limit) => {
    const { details } = expectError(await get(list, { limit }), 400, 'INVALID_INPUT');
    const more = limit === String(max + 1) ? '; follow nextCursor to read more' : '';
    const message = `must be an integer from 1 to ${max}, not ${JSON.stringify(limit)}${more}`;
    expect(details).toEqual([{ path: 'limit', message }]);
  });

  it('refuses a limit or a cursor that is sent twice', async () => {
    for (const name of ['limit', 'cursor']) {
      const path = `/api/v1/${list}?${name}=1&${name}=2`;
      const answer = await request(platform, path, { headers: { 'x-api-key': customer.apiKey } });
      expect(expectError(answer, 400, 'INVALID_INPUT').details).toMatchObject([{ path: name }]);
    }
  });

  it('refuses a damaged cursor', async () => {
    const cursor = await cursorOf(list);
    const flipped = (at: number) => `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`;
    const damaged = ['', 'x', '\0', cursor.slice(1), cursor.slice(0, -1), `${cursor}A`, cursor.toLowerCase()];
    for (const each of [...damaged, ...[0, 8, 16, 24, 32, 40].map(flipped)]) {
      expect(await refusal(list, { cursor: each })).toContain('is damaged. Send the nextCursor of the previous page');
    }
  });

  it('refuses a cursor of more than 2,000 characters', async () => {
    const { details } = expectError(await get(list, { cursor: 'x'.repeat(2001) }), 400, 'INVALID_INPUT');
    expect(details).toEqual([{ path: 'cursor', message: 'must have at most 2000 characters' }]);
  });

  it('refuses a cursor of another list', async () => {
    for (const another of lists.filter((each) => each !== list)) {
      expect(await refusal(list, { cursor: await cursorOf(another) })).toContain('belongs to another list');
    }
  });

  it('refuses a cursor of another customer', async () => {
    expect(await refusal(list, { cursor: await cursorOf(list, {}, other) })).toContain('belongs to another customer');
  });

  it.each([[['no id']], [['a', 'b', 'c']], [['']], [[]], [["'; select 1 --", 'x']]])(
    'refuses a forged cursor with the sort keys %j',
    async (position) => {
      const cursor = encodeCursor({ order: list, customerId: customer.id }, position);
      expect(await refusal(list, { cursor })).toContain('is damaged');
    },
  );
});

it('refuses a cursor with other filters, and accepts it with another limit', async () => {
  const filters = { outcome: 'allowed', since: '2026-01-01T00:00:00Z' };
  const cursor = await cursorOf('audit-events', filters);
  for (const query of [
    {},
    { outcome: 'allowed' },
    { ...filters, outcome: 'refused' },
    { ...filters, action: 'whoami' },
    { ...filters, until: '2099-01-01T00:00:00Z' },
  ]) {
    expect(await refusal('audit-events', { ...query, cursor })).toContain('belongs to other filters');
  }
  const sameTime = { ...filters, since: '2026-01-01T01:00:00+01:00' };
  expect(await get('audit-events', { ...sameTime, cursor, limit: '7' })).toMatchObject({ status: 200 });
  const relative = { since: '7d', until: '0s' };
  const next = { ...relative, cursor: await cursorOf('audit-events', relative) };
  expect(await get('audit-events', next)).toMatchObject({ status: 200 });
  expect(await refusal('audit-events', { ...next, since: '8d' })).toContain('belongs to other filters');
});
