import type { AppRouter } from '@rsolv/server/rpc/router';
import { createTRPCUntypedClient, httpLink } from '@trpc/client';
import superjson from 'superjson';
import { ConflictError, isRsolvError, RecordNotFoundError, UnexpectedAnswerError } from './errors.ts';
import { isObject } from './is-object.ts';
import type { ClientOptions } from './options.ts';
import type { CallsOf, MutationOptions } from './procedures.ts';
import { Transport } from './transport.ts';

/**
 * Makes a client of everything that the platform can be asked. Calls reject with the classes of this package.
 *
 * @throws ConfigurationError where there is no API key, or an address that can't be one
 * @example
 * ```ts
 * import { createClient } from '@rsolv/client';
 *
 * const client = createClient({ timeoutMs: 10_000 });
 * const { forgeAccounts } = await client.whoami.query();
 * ```
 */
export function createClient(options: ClientOptions = {}) {
  return typed<AppRouter['_def']['record']>(new Transport(options));
}

const classes = { RECORD_NOT_FOUND: RecordNotFoundError, CONFLICT: ConflictError };

/** Everything that the platform can be asked, with its types. */
export type Client = ReturnType<typeof createClient>;

function typed<Names>(transport: Transport): CallsOf<Names> {
  // What a name stands for is known to the types alone; the platform refuses the names that its router does not have.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return callsUnder([], transport) as CallsOf<Names>;
}

/** Every name leads to more names; `query` and `mutate` are calls of the names before them. */
function callsUnder(names: readonly string[], transport: Transport): object {
  return new Proxy(
    {},
    {
      get(_target, name) {
        // A client is no promise, also where it is returned from an async function.
        if (typeof name === 'symbol' || name === 'then') return undefined;
        const type = name === 'query' || name === 'mutate' ? callTypes[name] : undefined;
        if (type === undefined) return callsUnder([...names, name], transport);
        const path = names.join('.');
        return (input: unknown, options?: MutationOptions) => call(transport, { type, path, input, options });
      },
    },
  );
}

const callTypes = { query: 'query', mutate: 'mutation' } as const;

interface ProcedureCall {
  readonly type: 'query' | 'mutation';
  /** As in `phases.store`. */
  readonly path: string;
  readonly input: unknown;
  readonly options: MutationOptions | undefined;
}

/** tRPC's own client speaks the protocol; what it asks for is carried by the transport. */
async function call(transport: Transport, { type, path, input, options }: ProcedureCall): Promise<unknown> {
  const own = type === 'query' ? { method: 'GET' as const } : asMutation(options);
  const about = { ...own, ...factsOf(input) };
  const fetch = async (address: unknown, init?: { readonly body?: unknown }) => {
    const body = typeof init?.body === 'string' ? { body: init.body } : {};
    const answer = await transport.send({ ...about, ...body, classes, path: String(address), options });
    return { ok: true, json: () => Promise.resolve(answer) };
  };
  const trpc = createTRPCUntypedClient({ links: [httpLink({ url: '/trpc', transformer: superjson, fetch })] });
  return trpc[type](path, input).catch(rethrowCause);
}

/** What a call's input says of the call. A token is a proof of its own, and no key is shown beside it. */
function factsOf(input: unknown) {
  const { repo, subjectToken } = isObject(input) ? input : {};
  return {
    ...(typeof repo === 'string' && { repo }),
    ...(typeof subjectToken === 'string' && { unkeyed: { hides: subjectToken } }),
  };
}

const asMutation = (options: MutationOptions | undefined) => ({
  method: 'POST' as const,
  idempotencyKey: options?.idempotencyKey ?? crypto.randomUUID(),
});

/** tRPC wraps what was thrown on the way. What has no error of ours in it is an answer that tRPC could not read. */
function rethrowCause(thrown: unknown): never {
  if (thrown instanceof Error && isRsolvError(thrown.cause)) throw thrown.cause;
  throw new UnexpectedAnswerError({
    code: 'UNEXPECTED_ANSWER',
    message: "The answer is not one of the platform's typed API. Check that baseUrl is the platform's address.",
    cause: thrown,
  });
}
