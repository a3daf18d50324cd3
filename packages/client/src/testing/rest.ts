// The REST routes from the route table whose procedures the platform in memory implements.
import { parse as parseQuery } from 'node:querystring';
import type { Health, Readiness } from '@rsolv/shared/contract/health';
import { isPaged, procedureType, type ProcedureRoute } from '@rsolv/shared/contract/routes/route';
import { allowedMethods, routes, type RouteRow } from '@rsolv/shared/contract/routes/routes';
import { MalformedBodyError, RouteNotFoundError } from '@rsolv/shared/errors/platform-error';
import { methodNotAllowed } from '@rsolv/shared/errors/route-errors';
import { bodyProblems } from '@rsolv/shared/wire/request-body';
import { RouteExchange } from '@rsolv/shared/wire/route-exchange';
import { callTRPCProcedure } from '@trpc/server';
import { readBody, type SentBody } from './body.ts';
import { toPlatformError, type Context } from './procedure.ts';
import { router } from './router.ts';

/** A parsed request. */
export interface Received extends SentBody {
  readonly method: string;
  /** Without the platform's address. */
  readonly path: string;
  /** With the question mark. */
  readonly query: string;
  readonly bodyLimitBytes: number;
}

/** A successful response. */
interface RestResponse {
  readonly status: number;
  readonly body: unknown;
}

/** A call of a route. */
interface RouteCall {
  readonly received: Received;
  readonly context: Context;
  readonly params: Readonly<Record<string, string>>;
}

/** A route of the table in memory. */
interface MemoryRoute {
  readonly method: string;
  readonly path: string;
  readonly pattern: RegExp;
  readonly answer: (call: RouteCall) => Promise<RestResponse>;
}

const health: Health = { status: 'ok', version: 'testing' };
const readiness: Readiness = { status: 'ready' };
const healthBodies = { health, ready: readiness };

const memoryRoutes = routes.flatMap((row): MemoryRoute[] => {
  const answer = answerFor(row);
  if (answer === undefined || !('method' in row)) return [];
  const pattern = new RegExp(`^${row.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
  return [{ method: row.method, path: row.path, pattern, answer }];
});

function answerFor(row: RouteRow): MemoryRoute['answer'] | undefined {
  if ('procedure' in row)
    return row.procedure in router._def.procedures ? (call) => answerProcedure(row, call) : undefined;
  if (!('handler' in row) || !('operation' in row)) return undefined;
  const body = healthBodies[row.handler];
  return () => Promise.resolve({ status: 200, body });
}

/**
 * Answers a request to a route.
 *
 * @throws PlatformError
 */
export async function answerRest(received: Received, context: Context): Promise<RestResponse> {
  const path = received.path.replace(/(?<=.)\/$/, '');
  const method = received.method === 'HEAD' ? 'GET' : received.method;
  const atPath = memoryRoutes.filter(({ pattern }) => pattern.test(path));
  const [first] = atPath;
  if (first === undefined) {
    throw new RouteNotFoundError(
      `The route ${received.method} ${received.path.slice(0, 200)} does not exist. The platform in memory has the routes of the REST API and /trpc.`,
    );
  }
  const route = atPath.find((each) => each.method === method);
  if (route !== undefined) return route.answer({ received, context, params: paramsOf(route, path) });
  const allowed = allowedMethods(first.path);
  context.setHeader('Allow', allowed.join(', '));
  throw methodNotAllowed({ path, method: received.method, allowed });
}

async function answerProcedure(route: ProcedureRoute, { received, context, params }: RouteCall): Promise<RestResponse> {
  const exchange = new RouteExchange(route, {
    params,
    query: parseQuery(received.query.slice(1)),
    contentType: received.getHeader('content-type'),
    hasBody: received.bytes.length > 0,
    readBody: (type) => readBody(received, { type, limitBytes: received.bodyLimitBytes }),
  });
  const call = { path: route.procedure, type: procedureType(route), ctx: context, getRawInput: exchange.readInput };
  try {
    const output: unknown = await callTRPCProcedure({ router, ...call, signal: undefined, batchIndex: 0 });
    const headers = isPaged(route) ? exchange.pageHeaders(output) : {};
    for (const [name, value] of Object.entries(headers)) context.setHeader(name, value);
    return { status: route.success.status, body: exchange.toBody(output) };
  } catch (thrown) {
    throw exchange.toError(toPlatformError(thrown));
  }
}

function paramsOf({ pattern }: MemoryRoute, path: string): Record<string, string> {
  const groups = pattern.exec(path)?.groups ?? {};
  return Object.fromEntries(Object.entries(groups).map(([name, text]) => [name, decode(text)]));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new MalformedBodyError(bodyProblems.malformedPath, { cause });
  }
}
