// Reads a customer's audit events with its API key, and validates each page against the OpenAPI document.
import { listAuditEventsOutput } from '@rsolv/shared/contract/audit-event';
import { request } from './calls.ts';
import type { readDocument } from './openapi-document.ts';
import type { TestCustomer, TestPlatform } from './platform.ts';

/** The request id of all calls that an audit reader sends. */
export const callsRequestId = '0199a2b4-5c3e-7d10-8f6a-3b2c1d0e9f77';

/** Options for a customer whose key has every scope. */
export const everyScope = { scopes: ['phases:read', 'phases:write', 'manage'] } as const;

/** The route of the audit events. */
export const path = '/api/v1/audit-events';

type Caller = Pick<TestCustomer, 'apiKey'>;

/** Reads the events of a platform. Writes its queued events first. */
export function auditReader(platform: TestPlatform, document: Awaited<ReturnType<typeof readDocument>>) {
  const write = () => platform.auditTrail.write(platform.database.kysely, 'everything');

  /** Reads and validates one page. */
  async function page({ apiKey }: Caller, query: Readonly<Record<string, string>> = {}) {
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

  const list = async (caller: Caller, query?: Readonly<Record<string, string>>) => (await page(caller, query)).events;

  const call = (method: string, to: string, { apiKey }: Caller, body?: object) =>
    request(platform, to, {
      method,
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json', 'x-request-id': callsRequestId },
      ...(body && { body: JSON.stringify(body) }),
    });

  return { write, page, list, call };
}
