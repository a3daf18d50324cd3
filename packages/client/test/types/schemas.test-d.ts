// Every procedure of the router, also one that is added later: the typed client takes and returns what the schemas of
// packages/shared say, no more and no less. Moments may also be a Date, and calls.test-d.ts has the types of phases.
import { createClient, type Client } from '@rsolv/client';
import type { AppRouter } from '@rsolv/server/rpc/router';
import type * as keys from '@rsolv/shared/contract/api-key';
import type * as audit from '@rsolv/shared/contract/audit-event';
import type * as executions from '@rsolv/shared/contract/execution';
import type * as accounts from '@rsolv/shared/contract/forge-account';
import type * as repositories from '@rsolv/shared/contract/repository';
import type * as retrieve from '@rsolv/shared/contract/retrieve';
import type * as store from '@rsolv/shared/contract/store';
import type * as tokens from '@rsolv/shared/contract/token-exchange';
import type * as whoami from '@rsolv/shared/contract/whoami';
import { describe, expectTypeOf, it } from 'vitest';

type MomentName = 'startedAt' | 'completedAt' | 'expiresAt' | 'since' | 'until';

/** An input of which each moment may also be a Date. */
type WithDates<Input> = Input extends infer Each
  ? { [Name in keyof Each]: Name extends MomentName ? Each[Name] | Date : Each[Name] }
  : never;

/** What zod's own `z.input` and `z.output` read. */
interface Schema<Input, Output> {
  readonly _zod: { readonly input: Input; readonly output: Output };
}

/** A procedure's schemas: of its input, void where it takes none, and of its output. */
interface Schemas {
  auth: { token: [typeof tokens.exchangeInput, typeof tokens.exchangedKey] };
  phases: {
    store: [typeof store.storeInput, typeof store.storeOutput];
    retrieve: [typeof retrieve.retrieveInput, typeof retrieve.retrieveOutput];
  };
  repositories: {
    list: [typeof repositories.listRepositoriesInput, typeof repositories.listRepositoriesOutput];
    rename: [typeof repositories.renameRepositoryInput, typeof repositories.repository];
  };
  executions: {
    list: [typeof executions.listExecutionsInput, typeof executions.listExecutionsOutput];
    show: [typeof executions.showExecutionInput, typeof executions.showExecutionOutput];
  };
  keys: {
    list: [typeof keys.listKeysInput, typeof keys.listKeysOutput];
    create: [typeof keys.createKeyInput, typeof keys.newApiKey];
    rotate: [typeof keys.rotateKeyInput, typeof keys.newApiKey];
    revoke: [typeof keys.keyRef, typeof keys.apiKey];
  };
  forgeAccounts: {
    list: [typeof accounts.listForgeAccountsInput, typeof accounts.listForgeAccountsOutput];
    add: [typeof accounts.forgeAccountRef, typeof accounts.forgeAccountWithVerification];
    verify: [typeof tokens.verifyNamespaceInput, typeof accounts.forgeAccount];
    remove: [typeof accounts.forgeAccountRef, typeof accounts.forgeAccount];
  };
  audit: {
    list: [typeof audit.listAuditEventsInput, typeof audit.listAuditEventsOutput];
  };
  whoami: [void, typeof whoami.whoamiOutput];
}

type Procedures = AppRouter['_def']['record'];

/** An input that may be undefined may also be omitted. */
type InputOf<Given> =
  Given extends Schema<infer Input, unknown>
    ? undefined extends Input
      ? WithDates<Input> | void
      : WithDates<Input>
    : Given;

/** What the schemas say of each procedure. */
type Said<Names, Table> = {
  [Name in keyof Names & string]: Name extends keyof Table
    ? Names[Name] extends { _def: { type: infer Type } }
      ? Table[Name] extends [infer Input, Schema<unknown, infer Output>]
        ? { type: Type; input: InputOf<Input>; output: Output }
        : 'these are no schemas'
      : Said<Names[Name], Table[Name]>
    : 'its schemas are not in the list above';
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
    type Others = Omit<Client, 'phases'>;
    expectTypeOf<Given<Others>>().toEqualTypeOf<Omit<Said<Procedures, Schemas>, 'phases'>>();
  });

  it('sends and returns no fields of phases but those of their schemas', () => {
    type Phases = Said<Procedures, Schemas>['phases'];
    type Store = Client['phases']['store']['mutate'];
    type Retrieve = Client['phases']['retrieve']['query'];
    expectTypeOf<keyof Parameters<Store>[0]>().toEqualTypeOf<keyof Phases['store']['input']>();
    expectTypeOf<Awaited<ReturnType<Store>>>().toEqualTypeOf<Phases['store']['output']>();
    expectTypeOf<Parameters<Retrieve>[0]>().toEqualTypeOf<Phases['retrieve']['input']>();
    expectTypeOf<keyof Awaited<ReturnType<Retrieve>>>().toEqualTypeOf<keyof Phases['retrieve']['output']>();
    expectTypeOf<Awaited<ReturnType<Retrieve>>>().toExtend<Phases['retrieve']['output']>();
  });

  it('is known by its name only', () => {
    expectTypeOf<keyof Client>().toEqualTypeOf<keyof Procedures>();
    expectTypeOf(createClient().phases).not.toHaveProperty('remove');
  });
});
