// Answers requests over REST and tRPC as the server does.
import { errorResponse } from '@rsolv/shared/errors/error-response';
import { requireLosslessJson } from '@rsolv/shared/json/parse-json';
import { PlatformError } from '@rsolv/shared/errors/platform-error';
import * as headers from '@rsolv/shared/wire/request-headers';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { readBody } from './body.ts';
import type { Customers } from './customers.ts';
import type { Executions } from './executions.ts';
import type { KeyedMutations } from './keyed-mutations.ts';
import { answerRest, type Received } from './rest.ts';
import { toPlatformError, type Context } from './procedure.ts';
import { router } from './router.ts';

/** The state of a platform. */
export interface State {
  readonly customers: Customers;
  readonly executions: Executions;
  readonly keyedMutations: KeyedMutations;
  readonly makeId: () => string;
  readonly now: () => Date;
  readonly publicUrl: string;
}

/** Answers a request. */
export async function answer(state: State, received: Received): Promise<Response> {
  const requestId = headers.readRequestId(received.getHeader) ?? state.makeId();
  const answerHeaders = new Headers({
    'Content-Type': 'application/json; charset=utf-8',
    'X-Request-Id': requestId,
    'Cache-Control': 'no-store',
  });
  const context = contextOf(state, received, { requestId, setHeader: (name, value) => answerHeaders.set(name, value) });
  if (isTrpc(received.path)) return answerTrpc(received, context, answerHeaders);
  const { status, body, ...more } = await answerRest(received, context).catch((thrown: unknown) =>
    errorResponse(toPlatformError(thrown), requestId),
  );
  if ('headers' in more) for (const [name, value] of Object.entries(more.headers)) answerHeaders.set(name, value);
  return new Response(received.method === 'HEAD' ? null : JSON.stringify(body), { status, headers: answerHeaders });
}

const isTrpc = (path: string): boolean => /^\/trpc(\/|$)/.test(path);

function contextOf(
  { customers, executions, keyedMutations, now, publicUrl }: State,
  { getHeader, path }: Received,
  more: Pick<Context, 'requestId' | 'setHeader'>,
): Context {
  const sentKey = headers.readIdempotencyKey(getHeader);
  return {
    customers,
    executions,
    keyedMutations,
    now,
    publicUrl,
    apiKey: headers.readApiKey(getHeader),
    idempotencyKey: typeof sentKey === 'string' ? sentKey : null,
    inputError: sentKey instanceof PlatformError ? sentKey : undefined,
    carriesAnyJson: !isTrpc(path),
    ...more,
  };
}

async function answerTrpc(received: Received, context: Context, answerHeaders: Headers): Promise<Response> {
  const { method, path, query } = received;
  let { inputError } = context;
  let body = '{}';
  if (method === 'POST') {
    try {
      body = readBody(received, { type: 'json', limitBytes: received.bodyLimitBytes });
      requireLosslessJson(body);
    } catch (thrown) {
      inputError = toPlatformError(thrown);
    }
  }
  const answered = await fetchRequestHandler({
    endpoint: '/trpc',
    req: new Request(`http://in.memory${path}${query}`, {
      method,
      ...(method === 'POST' && { body, headers: { 'Content-Type': 'application/json' } }),
    }),
    router,
    maxBatchSize: 100,
    createContext: ({ info }) => {
      const isShared = context.idempotencyKey !== null && info.calls.length > 1;
      return { ...context, inputError: inputError ?? (isShared ? headers.batchIdempotencyKeyError() : undefined) };
    },
  });
  for (const [name, value] of answered.headers) answerHeaders.set(name, value);
  return new Response(answered.body, { status: answered.status, headers: answerHeaders });
}
