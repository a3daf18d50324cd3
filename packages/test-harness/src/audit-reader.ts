// A customer's events as its key reads them, each page checked against the OpenAPI document.
import { listAuditEventsOutput } from '@rsolv/shared/contract/audit-event';
import { request } from './calls.ts';
import type { readDocument } from './openapi-document.ts';
import type { TestCustomer, TestPlatform } from './platform.ts';

/** What calls by way of an audit reader have as their request id. */
export const callsRequestId = '0199a2b4-5c3e-7d10-8f6a-3b2c1d0e9f77';

/** What a customer needs to do and to read everything. */
export const everyScope = { scopes: ['phases:read', 'phases:write', 'manage'] } as const;

/** Where events are read. */
export const path = '/api/v1/audit-events';

type Holder = Pick<TestCustomer, 'apiKey'>;

/** Reads events of a platform, all that wait written first. */
export function auditReader(platform: TestPlatform, document: Awaited<ReturnType<typeof readDocument>>) {
  const write = () => platform.auditTrail.write(platform.database.kysely, 'everything');

  /** A page as it is documented. */
  async function page({ apiKey }: Holder, query: Readonly<Record<string, string>> = {}) {
    await write();
    const headers = { 'x-api-key': apiKey };
    const answer = await document.check(platform, {
      path,
      query: `?${new URLSearchParams(query).toString()}`,
      headers,
    });
    if (answer.status !== 200) throw new Error(`not a page: ${JSON.stringify(answer)}`);
    return listAuditEventsOutput.parse(answer.body);
  }

  const list = async (holder: Holder, query?: Readonly<Record<string, string>>) => (await page(holder, query)).events;

  const call = (method: string, to: string, { apiKey }: Holder, body?: object) =>
    request(platform, to, {
      method,
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json', 'x-request-id': callsRequestId },
      ...(body && { body: JSON.stringify(body) }),
    });

  return { write, page, list, call };
}
