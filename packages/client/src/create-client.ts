import type { AppRouter } from '@rsolv/server/rpc/router';
import { createTRPCUntypedClient, httpLink } from '@trpc/client';
import superjson from 'superjson';
import { ConflictError, InvalidRequestError, RecordNotFoundError, UnexpectedAnswerError } from './errors.ts';
import { isObject } from './is-object.ts';
import type { ClientOptions } from './options.ts';
import type { CallsOf, MutationOptions } from './procedures.ts';
import { isHeaderText } from './resolve-options.ts';
import { isRsolvError } from './rsolv-error.ts';
import { toSendable } from './sendable.ts';
import { Transport } from './transport.ts';

/**
 * Creates a client with every call of the platform, typed end to end. Calls reject with the error classes of this package.
 * Where nothing answers, as while a server restarts, a call goes on until its timeout.
 *
 * @throws ConfigurationError where there is no API key, or the key or address is invalid
 * @example
 * ```ts
 * import { createClient } from '@rsolv/client';
 *
 * const client = createClient({ timeoutMs: 10_000 });
 * const { scan } = await client.phases.retrieve.query({ repo: 'RSOLV-dev/demo', commit: '692f480c' });
 * for (const { type, filePath, line } of scan?.vulnerabilities ?? []) console.log(type, filePath, line);
 * ```
 */
export function createClient(options: ClientOptions = {}) {
  return typed<AppRouter['_def']['record']>(new Transport(options, { awaitsServer: true }));
}

const classes = { RECORD_NOT_FOUND: RecordNotFoundError, CONFLICT: ConflictError };

/**
 * Every call of the platform.
 *
 * @example
 * ```ts
 * import { createClient, type Client } from '@rsolv/client';
 *
 * const nameOf = async (client: Client) => (await client.whoami.query()).customer.name;
 * await nameOf(createClient());
 * ```
 */
export type Client = ReturnType<typeof createClient>;

function typed<Names>(transport: Transport): CallsOf<Names> {
  // What a name stands for is known to the types alone; the platform refuses names that its router does not have.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return callsUnder([], transport) as CallsOf<Names>;
}

/** Every name leads to more names; `query` and `mutate` are calls of the names before them. */
function callsUnder(names: readonly string[], transport: Transport): object {
  return new Proxy(
    {},
    {
      get(_target, name) {
        // A client is no promise, also where an async function returns it.
        if (typeof name === 'symbol' || name === 'then') return undefined;
        const type = name === 'query' || name === 'mutate' ? callTypes[name] : undefined;
        if (type === undefined) return callsUnder([...names, name], transport);
        const path = names.join('.');
        return function procedure(input: unknown, options?: MutationOptions): Promise<unknown> {
          const caller: { stack?: string } = {};
          // Without the frame of this function: what is left are the caller's.
          Error.captureStackTrace?.(caller, procedure);
          return call(transport, { type, path, input, options }).catch((thrown: unknown) => {
            if (isRsolvError(thrown)) thrown.stack += (caller.stack ?? '').replace(/^.*/, '');
            throw thrown;
          });
        };
      },
    },
  );
}

const callTypes = { query: 'query', mutate: 'mutation' } as const;

interface ProcedureCall {
  readonly type: 'query' | 'mutation';
  /** For example `phases.store`. */
  readonly path: string;
  readonly input: unknown;
  readonly options: MutationOptions | undefined;
}

/** tRPC's own client speaks the protocol; the transport sends its requests. */
async function call(transport: Transport, { type, path, input, options }: ProcedureCall): Promise<unknown> {
  const own = type === 'query' ? { method: 'GET' as const } : asMutation(options);
  const about = { ...own, ...factsOf(input), classes, isAnswer: isTrpcAnswer, options };
  const fetch = async (address: unknown, init?: { readonly body?: unknown }) => {
    const body = typeof init?.body === 'string' ? { body: init.body } : {};
    const answer = await transport.send({ ...about, ...body, path: String(address) });
    return { ok: true, json: () => Promise.resolve(answer) };
  };
  const { value, isJson } = toSendable(input);
  const transformer = isJson ? { input: plainJson, output: superjson } : superjson;
  const trpc = createTRPCUntypedClient({ links: [httpLink({ url: '/trpc', transformer, fetch })] });
  return trpc[type](path, value).catch(rethrowCause);
}

/** superjson refuses keys such as `constructor`, and fails at some depth. JSON needs no annotations. */
const plainJson = { serialize: (json: unknown) => ({ json }), deserialize: superjson.deserialize };

/** Whether a JSON value has the layout of the typed API. Other services answer with a `result` as well. */
function isTrpcAnswer(json: unknown): boolean {
  const data = isObject(json) && isObject(json['result']) ? json['result']['data'] : undefined;
  return isObject(data) && 'json' in data;
}

/** What the input of a call says of the call. A token authenticates it, and no key is sent beside it. */
function factsOf(input: unknown) {
  const { repo, subjectToken } = isObject(input) ? input : {};
  return {
    ...(typeof repo === 'string' && { repo }),
    ...(typeof subjectToken === 'string' && { credentials: { secret: subjectToken } }),
  };
}

const asMutation = (options: MutationOptions | undefined) => ({
  method: 'POST' as const,
  idempotencyKey: requireHeaderText(options?.idempotencyKey ?? crypto.randomUUID()),
});

/** @throws InvalidRequestError as the platform would refuse it, where a header can not carry it at all */
function requireHeaderText(idempotencyKey: string): string {
  if (isHeaderText(idempotencyKey)) return idempotencyKey;
  const message = 'must be printable ASCII without spaces';
  const details = [{ path: 'Idempotency-Key', message }];
  throw new InvalidRequestError({ code: 'INVALID_INPUT', message: `Idempotency-Key ${message}`, details });
}

/** tRPC wraps what was thrown on the way. Without an error of ours in it, it is an answer that tRPC could not read. */
function rethrowCause(thrown: unknown): never {
  if (thrown instanceof Error && isRsolvError(thrown.cause)) throw thrown.cause;
  throw new UnexpectedAnswerError({
    code: 'UNEXPECTED_ANSWER',
    message: "The answer is not one of the platform's typed API. Check that baseUrl is the address of the platform.",
    cause: thrown,
  });
}
