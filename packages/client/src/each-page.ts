import type { CallOptions } from './options.ts';

/** The input of a list, as far as pages are concerned. */
interface ListInput {
  readonly cursor?: string | null | undefined;
}

/** The output of a list, as far as pages are concerned. */
interface ListOutput {
  readonly nextCursor: string | null;
}

/** A list of the typed client, such as `client.keys.list`. */
interface ListCall<Input, Output> {
  readonly query: (input: Input | undefined | void, options?: CallOptions) => Promise<Output>;
}

/**
 * Reads the pages of a list, one after the other: one call for each, when it is asked for.
 *
 * @param list a list of the typed client
 * @param input filters, the size of a page, and the cursor to start at. Default: the first page
 * @param options of each call
 * @throws what the call of a page throws
 * @example
 * ```ts
 * import { createClient, eachPage } from '@rsolv/client';
 *
 * const client = createClient();
 * for await (const { events } of eachPage(client.audit.list, { outcome: 'refused', limit: 200 })) {
 *   for (const { occurredAt, action, errorCode } of events) console.log(occurredAt, action, errorCode);
 * }
 * ```
 */
export async function* eachPage<Input extends ListInput, Output extends ListOutput>(
  list: ListCall<Input, Output>,
  input?: Input,
  options?: CallOptions,
): AsyncGenerator<Output, void, undefined> {
  let next = input;
  for (;;) {
    const page = await list.query(next, options);
    yield page;
    if (page.nextCursor === null) return;
    next = Object.assign({}, input, { cursor: page.nextCursor });
  }
}
