// The interface to a platform that the contract tests need, and helpers that call it.
import type { Scope } from '@rsolv/shared/contract/api-key';
import { errorBody, errorDetail, type ErrorCode } from '@rsolv/shared/errors/error-code';
import type { ForgeType } from '@rsolv/shared/contract/forge';
import { storeOutput } from '@rsolv/shared/contract/store';
import superjson from 'superjson';
import { expect } from 'vitest';
import { z } from 'zod';
import { createClient, PhaseDataClient, type TransportOptions } from '../../src/index.ts';
import type { StoredExecution } from '../../src/testing/index.ts';

/** A customer with its own namespace. */
export interface ContractCustomer {
  readonly name: string;
  readonly namespace: string;
  readonly apiKey: string;
}

/** Options of a customer. Default: its own namespace with a verified forge account. */
export interface ContractCustomerOptions {
  readonly namespace?: string;
  readonly account?: 'verified' | 'unverified' | 'none';
  readonly expiresAt?: Date;
  readonly scopes?: readonly Scope[];
  readonly repositories?: readonly string[];
}

/** The fields of a stored execution that are visible without the API, except those that vary between runs. */
export type Seen = Pick<
  StoredExecution,
  'phase' | 'repo' | 'commitSha' | 'status' | 'startedAt' | 'completedAt' | 'errorMessage' | 'data' | 'derived'
>;

export interface PlatformUnderTest extends AsyncDisposable {
  readonly url: string;
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  readonly bodyLimitBytes: number;
  addCustomer(options?: ContractCustomerOptions): Promise<ContractCustomer>;
  addForgeAccount(customer: ContractCustomer, namespace: string, forge?: ForgeType): Promise<void>;
  /** Rejects if another customer has verified the namespace. */
  verifyForgeAccount(customer: ContractCustomer, namespace: string, forge?: ForgeType): Promise<void>;
  revokeKey(customer: ContractCustomer): Promise<void>;
  setActive(customer: ContractCustomer, isActive: boolean): Promise<void>;
  /** Moves a verified namespace to another customer. */
  moveNamespace(from: ContractCustomer, to: ContractCustomer): Promise<void>;
  /** Ages idempotency keys by 24 hours and one second. */
  passADay(): Promise<void>;
  /** Records the use of every key now, where a platform does so in the background. */
  settleKeyUses(): Promise<void>;
  /** The stored executions of a customer, oldest first. */
  seen(customer: ContractCustomer): Promise<Seen[]>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Creates functions that call the platform. */
export function callsTo(platform: PlatformUnderTest) {
  const request = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const { status, headers, ...response } = await platform.fetch(platform.url + path, init).then(async (each) => ({
      status: each.status,
      headers: each.headers,
      text: await each.text(),
    }));
    return { status, headers, body: response.text === '' ? undefined : JSON.parse(response.text) };
  };
  const withKey = ({ apiKey }: Pick<ContractCustomer, 'apiKey'>, headers: object = {}) => ({
    'x-api-key': apiKey,
    'content-type': 'application/json',
    ...headers,
  });
  const calls = {
    request,

    /** Stores over REST. An object is sent as JSON, any other body unchanged. */
    store: (customer: Pick<ContractCustomer, 'apiKey'>, body: Body, headers: object = {}) =>
      request('/api/v1/phases/store', { method: 'POST', headers: withKey(customer, headers), body: toBody(body) }),

    retrieve: (customer: Pick<ContractCustomer, 'apiKey'>, query: Record<string, string>) =>
      request(`/api/v1/phases/retrieve?${new URLSearchParams(query)}`, { headers: withKey(customer) }),

    /** Calls a tRPC mutation. Text is sent unchanged, any other input as superjson. */
    mutate: (customer: Pick<ContractCustomer, 'apiKey'>, path: string, [input, headers = {}]: [unknown, object?]) =>
      request(`/trpc/${path}`, {
        method: 'POST',
        headers: withKey(customer, headers),
        body: typeof input === 'string' ? input : superjson.stringify(input),
      }),

    query: (customer: Pick<ContractCustomer, 'apiKey'>, path: string, input?: unknown) => {
      const search = input === undefined ? '' : `?input=${encodeURIComponent(superjson.stringify(input))}`;
      return request(`/trpc/${path}${search}`, { headers: withKey(customer) });
    },

    /** Stores the valid body with these changes, expects success, and returns the execution's id. */
    storeGood: async (customer: ContractCustomer, changes: object = {}, headers: object = {}): Promise<string> => {
      const { status, body } = await calls.store(customer, goodBody(customer, changes), headers);
      expect({ status, body }).toMatchObject({ status: 200, body: { success: true } });
      return storeOutput.parse(body).id;
    },

    /** Retrieves the results for the valid body and expects success. */
    retrieveGood: async (customer: ContractCustomer, query: Record<string, string> = {}): Promise<unknown> => {
      const { repo, commitSha } = goodBody(customer);
      const { status, body } = await calls.retrieve(customer, { repo, issue: '42', commit: commitSha, ...query });
      expect({ status, body }).toMatchObject({ status: 200 });
      return body;
    },

    typed: ({ apiKey }: Pick<ContractCustomer, 'apiKey'>, options: TransportOptions = {}) =>
      createClient({ apiKey, baseUrl: platform.url, fetch: platform.fetch, retryDelayMs: () => 0, ...options }),

    action: ({ apiKey }: Pick<ContractCustomer, 'apiKey'>, options: TransportOptions = {}) =>
      new PhaseDataClient(apiKey, platform.url, { fetch: platform.fetch, retryDelayMs: () => 0, ...options }),
  };
  return calls;
}

export type Calls = ReturnType<typeof callsTo>;

type Body = object | string | Uint8Array<ArrayBuffer>;

const toBody = (body: Body): string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);

/** A valid body of a store, with changes. */
export const goodBody = ({ namespace }: Pick<ContractCustomer, 'namespace'>, changes: object = {}) => ({
  phase: 'validation',
  repo: `${namespace}/demo`,
  issueNumber: 42,
  commitSha: '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a',
  data: { validated: true },
  ...changes,
});

const trpcError = z.strictObject({
  error: z.strictObject({
    json: z.strictObject({
      message: z.string(),
      code: z.int(),
      data: z.strictObject({
        code: z.string(),
        httpStatus: z.int(),
        path: z.string(),
        error: z.strictObject({ code: z.string(), details: z.array(errorDetail).optional() }),
        requestId: z.string(),
      }),
    }),
  }),
});

/** Parses a refusal over REST. Expects the documented body, and the same request id in the header. */
export function refusal({ status, headers, body }: Answer) {
  const { error, requestId } = errorBody.parse(body);
  expect(headers.get('x-request-id')).toBe(requestId);
  expect(headers.get('content-type')).toMatch(/^application\/json/);
  return { status, ...error, paths: error.details?.map(({ path }) => path) };
}

/** Parses a refusal over tRPC. */
export function trpcRefusal({ status, headers, body }: Answer) {
  const { message, code: number, data } = trpcError.parse(body).error.json;
  expect(headers.get('x-request-id')).toBe(data.requestId);
  expect(data.httpStatus).toBe(status);
  const { error } = data;
  return { status, message, number, name: data.code, ...error, paths: error.details?.map(({ path }) => path) };
}

/** Expects a refusal over REST. */
export function expectRefusal(answer: Answer, status: number, code: ErrorCode) {
  const refused = refusal(answer);
  expect(refused).toMatchObject({ status, code });
  return refused;
}
