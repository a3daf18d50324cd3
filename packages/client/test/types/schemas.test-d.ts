// Every procedure of the router, also one that is added later: the typed client takes and gives what the schemas of
// packages/shared say, no more and no looser. A procedure `name` has its schemas as `nameInput` and `nameOutput`.
import { createClient, type Client } from '@rsolv/client';
import type { AppRouter } from '@rsolv/server/router';
import type * as retrieve from '@rsolv/shared/retrieve';
import type * as store from '@rsolv/shared/store';
import type * as whoami from '@rsolv/shared/whoami';
import { describe, expectTypeOf, it } from 'vitest';

type Schemas = typeof retrieve & typeof store & typeof whoami;

type Procedures = AppRouter['_def']['record'];

/** What zod's own `z.input` and `z.output` read. */
interface Schema<Input, Output> {
  readonly _zod: { readonly input: Input; readonly output: Output };
}

type InputOf<Name extends string> = `${Name}Input` extends keyof Schemas
  ? Schemas[`${Name}Input`] extends Schema<infer Input, unknown>
    ? Input
    : 'this is no schema'
  : void;

type OutputOf<Name extends string> = `${Name}Output` extends keyof Schemas
  ? Schemas[`${Name}Output`] extends Schema<unknown, infer Output>
    ? Output
    : 'this is no schema'
  : 'there is no schema of this name in the modules above';

/** What the schemas say of each procedure. */
type Said<Names> = {
  [Name in keyof Names & string]: Names[Name] extends { _def: { type: infer Type } }
    ? { type: Type; input: InputOf<Name>; output: OutputOf<Name> }
    : Said<Names[Name]>;
};

type Call<Input, Output> = (input: Input, options?: never) => Promise<Output>;

/** What the client says of it. */
type Given<Calls> = {
  -readonly [Name in keyof Calls & string]: Calls[Name] extends { query: Call<infer Input, infer Output> }
    ? { type: 'query'; input: Input; output: Output }
    : Calls[Name] extends { mutate: Call<infer Input, infer Output> }
      ? { type: 'mutation'; input: Input; output: Output }
      : Given<Calls[Name]>;
};

describe('every procedure of the router', () => {
  it('is a call of the client that takes and gives what its schemas say', () => {
    expectTypeOf<Given<Client>>().toEqualTypeOf<Said<Procedures>>();
  });

  it('is known by its name only', () => {
    expectTypeOf<keyof Client>().toEqualTypeOf<keyof Procedures>();
    expectTypeOf(createClient().phases).not.toHaveProperty('remove');
  });
});
