// REST calls over HTTP, without the client library.
import { errorBody, type ErrorCode } from '@rsolv/shared/errors/error-code';
import { storeOutput } from '@rsolv/shared/contract/store';
import { expect } from 'vitest';
import type { TestCustomer, TestPlatform } from './platform.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Sends a request and parses the response body as JSON. */
export async function request(platform: TestPlatform, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(new URL(path, platform.url), init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

/** Sends a store request. An object is sent as JSON, a string as it is. */
export function store(
  platform: TestPlatform,
  customer: Pick<TestCustomer, 'apiKey'>,
  body: object | string,
): Promise<Answer> {
  return request(platform, '/api/v1/phases/store', {
    method: 'POST',
    headers: { 'x-api-key': customer.apiKey, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** Sends a retrieve request with these query parameters. */
export function retrieve(
  platform: TestPlatform,
  customer: Pick<TestCustomer, 'apiKey'>,
  query: Record<string, string>,
): Promise<Answer> {
  return request(platform, `/api/v1/phases/retrieve?${new URLSearchParams(query).toString()}`, {
    headers: { 'x-api-key': customer.apiKey },
  });
}

/** Retrieves what a {@link goodBody} stores, as {@link retrieveGood}, and returns the text of the response. */
export async function retrieveText(
  platform: TestPlatform,
  customer: TestCustomer,
  changes: Record<string, string> = {},
): Promise<string> {
  const { repo, commitSha } = goodBody(customer);
  const query = new URLSearchParams({ repo, issue: '42', commit: commitSha, ...changes });
  const url = new URL(`/api/v1/phases/retrieve?${query.toString()}`, platform.url);
  const response = await fetch(url, { headers: { 'x-api-key': customer.apiKey } });
  const text = await response.text();
  expect({ status: response.status, text }).toMatchObject({ status: 200 });
  return text;
}

/** Expects the documented error: status, code, a request id that is also in the header, and a message. */
export function expectError(answer: Answer, status: number, code: ErrorCode) {
  expect(answer).toMatchObject({ status, body: { error: { code } } });
  const body = errorBody.parse(answer.body);
  expect(answer.headers.get('x-request-id')).toBe(body.requestId);
  expect(answer.headers.get('content-type')).toContain('application/json');
  return body.error;
}

/** Returns a valid body of a store request, with the given changes. */
export function goodBody(customer: Pick<TestCustomer, 'namespace'>, changes: object = {}) {
  return {
    phase: 'validation',
    repo: `${customer.namespace}/demo`,
    issueNumber: 42,
    commitSha: '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a',
    data: { validated: true },
    ...changes,
  };
}

/** Stores a {@link goodBody} with these changes, expects success, and returns the id of the execution. */
export async function storeGood(platform: TestPlatform, customer: TestCustomer, changes: object = {}): Promise<string> {
  const { status, body } = await store(platform, customer, goodBody(customer, changes));
  expect({ status, body }).toMatchObject({ status: 200, body: { success: true } });
  return storeOutput.parse(body).id;
}

/** Retrieves what a {@link goodBody} stores, with changes to the query, and expects success. */
export async function retrieveGood(
  platform: TestPlatform,
  customer: TestCustomer,
  query: Record<string, string> = {},
): Promise<unknown> {
  const { repo, commitSha } = goodBody(customer);
  const { status, body } = await retrieve(platform, customer, { repo, issue: '42', commit: commitSha, ...query });
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
}
