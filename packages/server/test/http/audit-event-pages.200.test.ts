// Pages of audit events: order, filters and documented statuses.
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { auditReader, everyScope, path } from '@rsolv/test-harness/audit-reader';
import { storeGood } from '@rsolv/test-harness/calls';
import { isAudit, readDocument } from '@rsolv/test-harness/openapi-document';
import { makeCustomer, startTestPlatform, testPlatform } from '@rsolv/test-harness/platform';
import { makeClient } from '../trpc/client.ts';

const platform = await testPlatform();
const document = await readDocument(platform);
const { page, list } = auditReader(platform, document);

describe('pages', () => {
  it('reach the end while other events are recorded', async () => {
    const customer = await makeCustomer(platform, everyScope);
    for (let issueNumber = 1; issueNumber <= 5; issueNumber++) await storeGood(platform, customer, { issueNumber });
    const seen: (number | null)[] = [];
    const stores = { action: 'phase.store', limit: '2' };
    for (let cursor: string | undefined | null; cursor !== null;) {
      const { events, nextCursor } = await page(customer, cursor === undefined ? stores : { ...stores, cursor });
      seen.push(...events.map(({ target }) => target.issueNumber));
      await storeGood(platform, customer, { issueNumber: 99 });
      cursor = nextCursor;
    }
    expect(seen).toEqual([5, 4, 3, 2, 1]);
  });

  it('are limited by since and until', async () => {
    const customer = await makeCustomer(platform, everyScope);
    const [made] = await list(customer, { action: 'customer.create' });
    const at = made?.occurredAt.getTime() ?? 0;
    const iso = (ms: number) => new Date(ms).toISOString();
    const only = { action: 'customer.create' };
    expect(await list(customer, { ...only, since: iso(at), until: iso(at + 1) })).toHaveLength(1);
    expect(await list(customer, { ...only, since: iso(at + 1) })).toEqual([]);
    expect(await list(customer, { ...only, until: iso(at) })).toEqual([]);
    expect(await list(customer, { ...only, since: '1960-01-01T00:00:00Z' })).toHaveLength(1);
  });

  it.each([
    [{ since: '2026-10-31' }, 1],
    [{ since: '7d' }, 1],
    [{ since: '90m', until: '0s' }, 1],
    [{ since: 'yesterday' }, 1],
    [{ until: '90m' }, 0],
    [{ until: '2026-10-31' }, 0],
    [{ since: '2099-01-01T00:00' }, 0],
  ])('are limited by %j', async (range, count) => {
    const customer = await makeCustomer(platform, everyScope);
    expect(await list(customer, { action: 'customer.create', ...range })).toHaveLength(count);
  });

  it("are available over tRPC, and contain only the customer's own events", async () => {
    const [one, other] = [await makeCustomer(platform, everyScope), await makeCustomer(platform, everyScope)];
    await storeGood(platform, one);
    const { events } = await makeClient(platform, one).audit.list.query({ action: 'phase.store' });
    expect(events).toMatchObject([{ occurredAt: expect.any(Date), target: { namespace: one.namespace } }]);
    expect(await list(other, { action: 'phase.store' })).toEqual([]);
  });

  it.each([
    ['action', 'everything'],
    ['outcome', 'maybe'],
    ['since', 'last week'],
    ['since', '7 d'],
    ['until', '2026-13-01T00:00:00Z'],
    ['limit', '1001'],
    ['limit', '0'],
    ['cursor', 'next'],
  ])('are refused with %s=%s', async (name, value) => {
    const { apiKey } = await makeCustomer(platform, everyScope);
    const query = `?${new URLSearchParams({ [name]: value }).toString()}`;
    const answer = await document.check(platform, { path, query, headers: { 'x-api-key': apiKey } });
    expect(answer).toMatchObject({ status: 400, body: { error: { details: [{ path: name }] } } });
  });
});

describe('requires the scope manage', () => {
  it('returns 401 without a key and 403 without the scope', async () => {
    const worker = await makeCustomer(platform);
    expect(await document.check(platform, { path })).toMatchObject({ status: 401 });
    const headers = { 'x-api-key': worker.apiKey };
    expect(await document.check(platform, { path, headers })).toMatchObject({ status: 403 });
  });

  it('returns 429 over a limit, and 500 and 503 where the database fails', async () => {
    const broken = await startTestPlatform({ rateLimits: { perKey: 2 } });
    const headers = { 'x-api-key': (await makeCustomer(broken, everyScope)).apiKey };
    await sql`alter table audit_events rename column actor to who`.execute(broken.database.kysely);
    expect(await document.check(broken, { path, headers })).toMatchObject({ status: 500 });
    await broken.database.close();
    expect(await document.check(broken, { path, headers })).toMatchObject({ status: 503 });
    expect(await document.check(broken, { path, headers })).toMatchObject({ status: 429 });
    await broken[Symbol.asyncDispose]();
  });

  it('has returned every documented status', () => {
    const { documented, seen } = document.statuses(isAudit);
    expect(seen).toEqual(documented);
  });
});
