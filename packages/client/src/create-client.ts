import type { AppRouter } from '@rsolv/server/router';
import superjson, { type SuperJSONResult } from 'superjson';
import { UnexpectedAnswerError } from './errors.ts';
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
        if (name === 'query')
          return (input: unknown, options?: MutationOptions) => query(transport, names, { input, options });
        if (name === 'mutate')
          return (input: unknown, options?: MutationOptions) => mutate(transport, names, { input, options });
        return callsUnder([...names, name], transport);
      },
    },
  );
}

interface CallArguments {
  readonly input: unknown;
  readonly options: MutationOptions | undefined;
}

async function query(transport: Transport, names: readonly string[], { input, options }: CallArguments) {
  const search = input === undefined ? '' : `?input=${encodeURIComponent(superjson.stringify(input))}`;
  return resultOf(await transport.send({ method: 'GET', path: pathOf(names) + search, options, ...about(input) }));
}

async function mutate(transport: Transport, names: readonly string[], { input, options }: CallArguments) {
  const idempotencyKey = options?.idempotencyKey ?? crypto.randomUUID();
  const body = superjson.stringify(input);
  return resultOf(
    await transport.send({ method: 'POST', path: pathOf(names), body, idempotencyKey, options, ...about(input) }),
  );
}

const pathOf = (names: readonly string[]): string => `/trpc/${names.map(encodeURIComponent).join('.')}`;

const about = (input: unknown) => (isObject(input) && typeof input['repo'] === 'string' ? { repo: input['repo'] } : {});

function resultOf(answer: unknown): unknown {
  const result = isObject(answer) ? answer['result'] : undefined;
  const data = isObject(result) ? result['data'] : undefined;
  if (isSuperjson(data)) return superjson.deserialize(data);
  throw new UnexpectedAnswerError({
    code: 'UNEXPECTED_ANSWER',
    message: "The answer is not one of the platform's typed API. Check that baseUrl is the platform's address.",
  });
}

const isSuperjson = (data: unknown): data is SuperJSONResult => isObject(data) && 'json' in data;
