// What can be called, as types, made from the server's router.
import type { CallOptions } from './options.ts';

/** What a mutation can be told beside what every call can. */
export interface MutationOptions extends CallOptions {
  /** Sent again within 24 hours under the same key, it is carried out once. Default: a new one for each call. */
  readonly idempotencyKey?: string | undefined;
}

interface ProcedureOf<Type, Input, Output> {
  readonly _def: { readonly type: Type; readonly $types: { readonly input: Input; readonly output: Output } };
}

/** What a call may be made without. */
type Optional<Input> = undefined extends Input ? Input | void : Input;

/**
 * The calls of a router's record. Asked as a question, so that the compiler writes the answer into the published types:
 * what each call takes and gives, and no name of the server's.
 */
export type CallsOf<Names> = Names extends infer Each
  ? {
      readonly [Name in keyof Each]: Each[Name] extends ProcedureOf<'query', infer Input, infer Output>
        ? { readonly query: (input: Optional<Input>, options?: CallOptions) => Promise<Output> }
        : Each[Name] extends ProcedureOf<'mutation', infer Input, infer Output>
          ? { readonly mutate: (input: Input, options?: MutationOptions) => Promise<Output> }
          : CallsOf<Each[Name]>;
    }
  : never;
