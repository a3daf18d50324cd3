// What can be called, as types: made from the server's router, of which nothing else is published.
import type { AppRouter } from '@rsolv/server/router';
import type { CallOptions } from './options.ts';

/** What a mutation can be told beside what every call can. */
export interface MutationOptions extends CallOptions {
  /** Sent again within 24 hours under the same key, it is carried out once. Default: a new one for each call. */
  readonly idempotencyKey?: string | undefined;
}

interface ProcedureOf<Type, Input, Output> {
  readonly _def: { readonly type: Type; readonly $types: { readonly input: Input; readonly output: Output } };
}

/** The calls of a router's record. */
type CallsOf<Record> = {
  readonly [Name in keyof Record]: Record[Name] extends ProcedureOf<'query', infer Input, infer Output>
    ? { readonly query: (input: Input, options?: CallOptions) => Promise<Output> }
    : Record[Name] extends ProcedureOf<'mutation', infer Input, infer Output>
      ? { readonly mutate: (input: Input, options?: MutationOptions) => Promise<Output> }
      : CallsOf<Record[Name]>;
};

/** Everything that the platform can be asked, with its types. */
export type Client = CallsOf<AppRouter['_def']['record']>;
