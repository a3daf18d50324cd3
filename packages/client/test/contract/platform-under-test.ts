// What the contract's tests need of a platform, whichever it is, and how they speak to it.
import type { Scope } from '@rsolv/shared/contract/api-key';
import { errorBody, errorDetail, type ErrorCode } from '@rsolv/shared/errors/error-code';
import type { ForgeType } from '@rsolv/shared/contract/forge';
import { storeOutput } from '@rsolv/shared/contract/store';
import superjson from 'superjson';
import { expect } from 'vitest';
import { z } from 'zod';
import { createClient, PhaseDataClient, type TransportOptions } from '../../src/index.ts';
import type { StoredExecution } from '../../src/testing/index.ts';

/** A customer with a namespace of its own. */
export interface ContractCustomer {
  readonly name: string;
  readonly namespace: string;
  readonly apiKey: string;
}

/** What a test wants its customer to have; by default a namespace of its own, verified. */
export interface ContractCustomerOptions {
  readonly namespace?: string;
  readonly account?: 'verified' | 'unverified' | 'none';
  readonly expiresAt?: Date;
  readonly scopes?: readonly Scope[];
  readonly repositories?: readonly string[];
}

/** What can be looked at without the API, but for what is different each time. */
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
  /** Rejects where it is another customer's. */
  verifyForgeAccount(customer: ContractCustomer, namespace: string, forge?: ForgeType): Promise<void>;
  revokeKey(customer: ContractCustomer): Promise<void>;
  setActive(customer: ContractCustomer, isActive: boolean): Promise<void>;
  /** Gives away a namespace, verified. */
  moveNamespace(from: ContractCustomer, to: ContractCustomer): Promise<void>;
  /** Lets 24 hours and a second go by, as far as idempotency keys are concerned. */
  passADay(): Promise<void>;
  /** What a customer has stored, the oldest first. */
  seen(customer: ContractCustomer): Promise<Seen[]>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** How tests speak to the platform. */
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

    /** Stores over REST: an object goes as JSON, anything else as it is. */
    store: (customer: Pick<ContractCustomer, 'apiKey'>, body: Body, headers: object = {}) =>
      request('/api/v1/phases/store', { method: 'POST', headers: withKey(customer, headers), body: toBody(body) }),

    retrieve: (customer: Pick<ContractCustomer, 'apiKey'>, query: Record<string, string>) =>
      request(`/api/v1/phases/retrieve?${new URLSearchParams(query)}`, { headers: withKey(customer) }),

    /** Calls a tRPC mutation with this, as superjson unless it is text. */
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

    /** Stores the good body with these changes, which must work, and answers the execution's id. */
    storeGood: async (customer: ContractCustomer, changes: object = {}, headers: object = {}): Promise<string> => {
      const { status, body } = await calls.store(customer, goodBody(customer, changes), headers);
      expect({ status, body }).toMatchObject({ status: 200, body: { success: true } });
      return storeOutput.parse(body).id;
    },

    /** Retrieves what the good body is about, which must work. */
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

/** A store's body that is good as it is, for tests to spoil. */
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

/** What an answer is refused with, over REST; has to have the documented body, and its request id in the header too. */
export function refusal({ status, headers, body }: Answer) {
  const { error, requestId } = errorBody.parse(body);
  expect(headers.get('x-request-id')).toBe(requestId);
  expect(headers.get('content-type')).toMatch(/^application\/json/);
  return { status, ...error, paths: error.details?.map(({ path }) => path) };
}

/** The same over tRPC. */
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
