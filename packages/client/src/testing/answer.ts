// Every route: REST by the same procedures as tRPC, and the same answers as the server's.
import { parse as parseQuery } from 'node:querystring';
import { errorAnswer } from '@rsolv/shared/error-answer';
import { FieldSpelling } from '@rsolv/shared/field-names';
import type { Health, Readiness } from '@rsolv/shared/health';
import { parseJson, requireExactNumbers } from '@rsolv/shared/json-text';
import { MethodNotAllowedError, PlatformError, RouteNotFoundError } from '@rsolv/shared/platform-error';
import * as headers from '@rsolv/shared/request-headers';
import { callTRPCProcedure } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { readBody } from './body.ts';
import type { Customers } from './customers.ts';
import type { Executions } from './executions.ts';
import { router, toPlatformError, type Context } from './router.ts';

/** What answers are made from. */
export interface State {
  readonly customers: Customers;
  readonly executions: Executions;
  readonly makeId: () => string;
  readonly bodyLimitBytes: number;
}

/** A request, read. */
export interface Received {
  readonly method: string;
  /** After the platform's address. */
  readonly path: string;
  /** With its question mark. */
  readonly query: string;
  readonly headerOf: headers.HeaderOf;
  readonly bytes: Uint8Array;
}

/** What a route needs. */
interface RouteCall {
  readonly state: State;
  readonly received: Received;
  readonly context: Context;
}

type Route = (call: RouteCall) => unknown;

const routes = new Map<string, ReadonlyMap<string, Route>>([
  ['/health', new Map([['GET', (): Health => ({ status: 'ok' })]])],
  ['/health/ready', new Map([['GET', (): Readiness => ({ status: 'ready' })]])],
  ['/api/v1/whoami', new Map([['GET', ({ context }: RouteCall) => call('whoami', context)]])],
  ['/api/v1/phases/retrieve', new Map([['GET', retrieve]])],
  ['/api/v1/phases/store', new Map([['POST', store]])],
]);

/** The answer to a request. */
export async function answer(state: State, received: Received): Promise<Response> {
  const requestId = headers.presentedRequestId(received.headerOf) ?? state.makeId();
  const answerHeaders = new Headers({ 'Content-Type': 'application/json; charset=utf-8', 'X-Request-Id': requestId });
  const context = contextOf(state, received, { requestId, setHeader: (name, value) => answerHeaders.set(name, value) });
  if (/^\/trpc(\/|$)/.test(received.path)) return answerTrpc({ state, received, context }, answerHeaders);
  let status = 200;
  let body: unknown;
  try {
    body = await findRoute(received, answerHeaders)({ state, received, context });
  } catch (thrown) {
    const failed = errorAnswer(toPlatformError(thrown), requestId);
    ({ status, body } = failed);
    for (const [name, value] of Object.entries(failed.headers)) answerHeaders.set(name, value);
  }
  return new Response(received.method === 'HEAD' ? null : JSON.stringify(body), { status, headers: answerHeaders });
}

function contextOf(
  { customers, executions }: State,
  { headerOf }: Received,
  more: Pick<Context, 'requestId' | 'setHeader'>,
): Context {
  const sentKey = headers.presentedIdempotencyKey(headerOf);
  return {
    customers,
    executions,
    presentedKey: headers.presentedKey(headerOf),
    idempotencyKey: typeof sentKey === 'string' ? sentKey : null,
    inputFailure: sentKey instanceof PlatformError ? sentKey : undefined,
    ...more,
  };
}

function findRoute({ method, path }: Received, answerHeaders: Headers): Route {
  const methods = routes.get(path.replace(/(?<=.)\/$/, ''));
  if (methods === undefined) {
    throw new RouteNotFoundError(
      `There is no route ${method} ${path.slice(0, 200)}. In memory there are ${[...routes.keys()].join(', ')} and /trpc.`,
    );
  }
  const route = methods.get(method === 'HEAD' ? 'GET' : method);
  if (route !== undefined) return route;
  const allowed = [...methods.keys()].flatMap((each) => (each === 'GET' ? ['GET', 'HEAD'] : [each]));
  answerHeaders.set('Allow', allowed.join(', '));
  throw new MethodNotAllowedError(`${path} takes ${allowed.join(' or ')}, not ${method}.`);
}

async function store({ state, received, context }: RouteCall): Promise<unknown> {
  const spelling = new FieldSpelling();
  try {
    return await call('phases.store', context, () =>
      spelling.toCamelCase(parseJson(readBody(received, state.bodyLimitBytes))),
    );
  } catch (thrown) {
    throw spelling.nameAsSent(toPlatformError(thrown));
  }
}

function retrieve({ received, context }: RouteCall): Promise<unknown> {
  return call('phases.retrieve', context, () => ({ ...parseQuery(received.query.slice(1)) }));
}

function call(
  path: 'whoami' | 'phases.retrieve' | 'phases.store',
  ctx: Context,
  readInput: () => unknown = () => undefined,
): Promise<unknown> {
  const type = path === 'phases.store' ? 'mutation' : 'query';
  // Asked for twice, by the procedure's own step and by its schema.
  let input: Promise<unknown> | undefined;
  const getRawInput = () => (input ??= Promise.resolve().then(readInput));
  return callTRPCProcedure({ router, path, type, ctx, getRawInput, signal: undefined, batchIndex: 0 });
}

async function answerTrpc({ state, received, context }: RouteCall, answerHeaders: Headers): Promise<Response> {
  const { method, path, query } = received;
  let inputFailure = context.inputFailure;
  let body = '{}';
  if (method === 'POST') {
    try {
      body = readBody(received, state.bodyLimitBytes);
      requireExactNumbers(body);
    } catch (thrown) {
      inputFailure = toPlatformError(thrown);
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
      return { ...context, inputFailure: inputFailure ?? (isShared ? headers.sharedIdempotencyKey() : undefined) };
    },
  });
  for (const [name, value] of answered.headers) answerHeaders.set(name, value);
  return new Response(answered.body, { status: answered.status, headers: answerHeaders });
}
