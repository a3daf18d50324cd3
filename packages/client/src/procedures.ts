// What can be called, as types made from the server's router.
import type { CallOptions } from './options.ts';
import type { RetrievedMitigation, RetrievedScan, RetrievedValidation } from './retrieved-phases.ts';

/** What a mutation can be given beside what every call can. */
export interface MutationOptions extends CallOptions {
  /** The same mutation sent again within 24 hours under the same key takes effect once. Default: a new key for each call. */
  readonly idempotencyKey?: string | undefined;
}

interface ProcedureOf<Type, Input, Output> {
  readonly _def: { readonly type: Type; readonly $types: { readonly input: Input; readonly output: Output } };
}

/** What a call may be made without. */
type Optional<Input> = undefined extends Input ? Input | void : Input;

/**
 * The calls of a router's record. Written as a conditional type, so that the compiler writes its result into the published
 * types: what each call takes and returns, and no name of the server's.
 */
export type CallsOf<Names> = Names extends infer Each
  ? {
      readonly [Name in keyof Each]: Each[Name] extends ProcedureOf<'query', infer Input, infer Output>
        ? 'scan' extends keyof Output
          ? {
              readonly query: {
                /** `Own` is a type of your own for what was stored. It is not checked. */
                <Own extends object = never>(input: OnlyWith<Own, Input>, options?: CallOptions): Promise<Own>;
                (input: Input, options?: CallOptions): Promise<RetrievedPhases<Output>>;
              };
            }
          : { readonly query: (input: Optional<WithDates<Input>>, options?: CallOptions) => Promise<Output> }
        : Each[Name] extends ProcedureOf<'mutation', infer Input, infer Output>
          ? { readonly mutate: (input: MutationInput<Input>, options?: MutationOptions) => Promise<Output> }
          : CallsOf<Each[Name]>;
    }
  : never;

/** Matches only where the type argument is given, so that the other overload, with the known types, is the default. */
type OnlyWith<Own, Input> = [Own] extends [never] ? never : Input;

/** Fields that hold a moment, as ISO 8601. */
type MomentName = 'startedAt' | 'completedAt' | 'expiresAt' | 'since' | 'until';

/** An input whose moments may also be a Date. */
export type WithDates<Input> = Input extends infer Each
  ? { [Name in keyof Each]: Name extends MomentName ? Each[Name] | Date : Each[Name] }
  : never;

/** The store wants an issue number for every phase but the scan, and takes data of any object type. */
type MutationInput<Input> = Input extends { phase: infer Phase; issueNumber?: infer Issue; data?: unknown }
  ? StoreInput<WithDates<Omit<Input, 'phase' | 'issueNumber' | 'data'>>, Phase, Issue>
  : WithDates<Input>;

type StoreInput<Others, Phase, Issue> =
  | Flat<Others & { phase: Extract<Phase, 'scan'>; issueNumber?: Issue; data?: object | undefined }>
  | Flat<
      Others & {
        phase: Exclude<Phase, 'scan'>;
        issueNumber: Exclude<Issue, null | undefined>;
        data?: object | undefined;
      }
    >;

type Flat<Type> = Type extends infer Each ? { [Name in keyof Each]: Each[Name] } : never;

/** The phases with the types of what they hold. */
export type RetrievedPhases<Output> = Output extends infer Each
  ? { [Name in keyof Each]: Retrieved<Name, Each[Name]> }
  : never;

type Retrieved<Name, Stored> = Name extends 'scan'
  ? RetrievedScan | undefined
  : Stored extends Record<infer Issue extends string, unknown>
    ? Record<Issue, Name extends 'validation' ? RetrievedValidation : RetrievedMitigation>
    : Stored;
