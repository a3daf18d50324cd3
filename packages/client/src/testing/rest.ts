// The REST routes: each is a procedure, called with what a request says in its path, query or body.
import { parse as parseQuery } from 'node:querystring';
import { FieldSpelling } from '@rsolv/shared/wire/field-names';
import type { Health, Readiness } from '@rsolv/shared/contract/health';
import { parseJson, parseJsonObject } from '@rsolv/shared/json/parse-json';
import { MalformedBodyError, MethodNotAllowedError, RouteNotFoundError } from '@rsolv/shared/errors/platform-error';
import { bodyProblems } from '@rsolv/shared/wire/request-body';
import { callTRPCProcedure, type AnyTRPCProcedure } from '@trpc/server';
import { readBody, type SentBody } from './body.ts';
import { router, toPlatformError, type Context } from './router.ts';

/** A request, read. */
export interface Received extends SentBody {
  readonly method: string;
  /** After the platform's address. */
  readonly path: string;
  /** With its question mark. */
  readonly query: string;
  readonly bodyLimitBytes: number;
}

/** A success. */
interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What a route is called with. */
interface RouteCall {
  readonly received: Received;
  readonly context: Context;
  readonly id: string;
}

type Handler = (call: RouteCall) => Promise<RestAnswer>;

type PathsOf<Names> = {
  [Name in keyof Names & string]: Names[Name] extends AnyTRPCProcedure ? Name : `${Name}.${PathsOf<Names[Name]>}`;
}[keyof Names & string];

type ProcedurePath = PathsOf<(typeof router)['_def']['record']>;

const query = (path: ProcedurePath, readInput?: (call: RouteCall) => unknown) =>
  handler({ path, type: 'query' }, { readInput, status: 200 });
const mutation = (path: ProcedurePath, status: number, readInput: (call: RouteCall) => unknown) =>
  handler({ path, type: 'mutation' }, { readInput, status });

const textOf = ({ received }: RouteCall): string => readBody(received, received.bodyLimitBytes);
const bodyOf = (call: RouteCall): unknown => parseJson(textOf(call));
const queryOf = ({ received }: RouteCall) => ({ ...parseQuery(received.query.slice(1)) });
const rotationOf = (call: RouteCall): unknown => ({
  ...(call.received.bytes.length > 0 && parseJsonObject(textOf(call))),
  id: call.id,
});

const health: Health = { status: 'ok' };
const readiness: Readiness = { status: 'ready' };

const routes: readonly (readonly [RegExp, Readonly<Record<string, Handler>>])[] = [
  [/^\/health$/, { GET: () => Promise.resolve({ status: 200, body: health }) }],
  [/^\/health\/ready$/, { GET: () => Promise.resolve({ status: 200, body: readiness }) }],
  [/^\/api\/v1\/whoami$/, { GET: query('whoami') }],
  [/^\/api\/v1\/phases\/store$/, { POST: store }],
  [/^\/api\/v1\/phases\/retrieve$/, { GET: query('phases.retrieve', queryOf) }],
  [/^\/api\/v1\/keys$/, { GET: query('keys.list'), POST: mutation('keys.create', 201, bodyOf) }],
  [/^\/api\/v1\/keys\/([^/]+)$/, { DELETE: mutation('keys.revoke', 200, ({ id }) => ({ id })) }],
  [/^\/api\/v1\/keys\/([^/]+)\/rotate$/, { POST: mutation('keys.rotate', 201, rotationOf) }],
  [
    /^\/api\/v1\/forge-accounts$/,
    {
      GET: query('forgeAccounts.list'),
      POST: mutation('forgeAccounts.add', 201, bodyOf),
      DELETE: mutation('forgeAccounts.remove', 200, queryOf),
    },
  ],
];

/**
 * The answer of a route.
 *
 * @throws PlatformError
 */
export async function answerRest(received: Received, context: Context): Promise<RestAnswer> {
  const { method } = received;
  const path = received.path.replace(/(?<=.)\/$/, '');
  for (const [pattern, handlers] of routes) {
    const match = pattern.exec(path);
    if (match === null) continue;
    const handle = new Map(Object.entries(handlers)).get(method === 'HEAD' ? 'GET' : method);
    if (handle === undefined) {
      const allowed = Object.keys(handlers).flatMap((each) => (each === 'GET' ? ['GET', 'HEAD'] : [each]));
      context.setHeader('Allow', allowed.join(', '));
      throw new MethodNotAllowedError(`${path} takes ${allowed.join(' or ')}, not ${method}.`);
    }
    return handle({ received, context, id: decode(match[1] ?? '') });
  }
  throw new RouteNotFoundError(
    `There is no route ${method} ${received.path.slice(0, 200)} in memory. There is what the platform's REST API has, and /trpc.`,
  );
}

async function store(call: RouteCall): Promise<RestAnswer> {
  const spelling = new FieldSpelling();
  try {
    return await mutation('phases.store', 200, () => spelling.toCamelCase(bodyOf(call)))(call);
  } catch (thrown) {
    throw spelling.nameAsSent(toPlatformError(thrown));
  }
}

function handler(
  procedure: { readonly path: ProcedurePath; readonly type: 'query' | 'mutation' },
  { readInput, status }: { readInput: ((call: RouteCall) => unknown) | undefined; status: number },
): Handler {
  return async (call) => {
    // Asked for twice, by the procedure's own step and by its schema.
    let input: Promise<unknown> | undefined;
    const getRawInput = () => (input ??= Promise.resolve().then(() => readInput?.(call)));
    const called = { router, ...procedure, ctx: call.context, getRawInput, signal: undefined, batchIndex: 0 };
    return { status, body: await callTRPCProcedure(called) };
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new MalformedBodyError(bodyProblems.malformedPath, { cause });
  }
}
