// A typed tRPC client, and what its errors say.
import {
  createTRPCClient,
  httpLink,
  isTRPCClientError,
  type httpBatchLink,
  type httpBatchStreamLink,
  type TRPCClient,
} from '@trpc/client';
import { errorCode, errorDetail } from '@rsolv/shared/errors/error-code';
import superjson from 'superjson';
import { expect } from 'vitest';
import { z } from 'zod';
import type { AppRouter } from '../../src/rpc/router.ts';
import type { TestCustomer, TestPlatform } from '@rsolv/test-harness/platform';

export function makeClient(
  platform: TestPlatform,
  { apiKey }: Pick<TestCustomer, 'apiKey'>,
  link: typeof httpLink | typeof httpBatchLink | typeof httpBatchStreamLink = httpLink,
): TRPCClient<AppRouter> {
  return createTRPCClient<AppRouter>({
    links: [link({ url: `${platform.url}/trpc`, headers: { 'x-api-key': apiKey }, transformer: superjson })],
  });
}

const errorData = z.object({
  code: z.string(),
  httpStatus: z.number(),
  path: z.string().optional(),
  // tRPC refuses a batch that is too large before there is a request to speak of.
  requestId: z.string().min(1).optional(),
  error: z.object({ code: errorCode, details: z.array(errorDetail).optional() }),
  stack: z.undefined().optional(),
});

/** The error that a call is refused with, in the shape that every tRPC error has here. */
export async function refusal(call: Promise<unknown>) {
  const thrown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isTRPCClientError<AppRouter>(thrown)) throw new Error('The call was not refused', { cause: thrown });
  const { httpStatus, requestId, error } = errorData.parse(thrown.data);
  return { message: thrown.message, status: httpStatus, requestId, ...error };
}

const errorBody = z.object({ error: z.object({ json: z.object({ message: z.string(), data: errorData }) }) });

/** The same of an answer that was read as it is. */
export function refusalIn(answer: { status: number; body: unknown }) {
  const { message, data } = errorBody.parse(answer.body).error.json;
  expect(data.httpStatus).toBe(answer.status);
  return { status: answer.status, message, ...data.error };
}
