// What is counted of what the platform does. Labels have values of closed sets only: no customer, name or key, and
// nothing that a caller can make up. Where no metrics are asked for, everything here does nothing.
import type { ErrorCode } from '@rsolv/shared/errors/error-code';
import type { ExecutionStatus, Phase } from '@rsolv/shared/contract/phase';

/** An HTTP request that is over. */
export interface RequestFacts {
  /** As it came; it is counted by the methods that routes have. */
  readonly method: string;
  /** By its template; undefined where there is none. */
  readonly route: string | undefined;
  /** `aborted` where the caller was gone before all of the answer was. */
  readonly status: number | 'aborted';
  readonly seconds: number;
}

/** Where a caller stands with the limits, as a call begins. */
export interface Standing {
  readonly usages: readonly { readonly policy: string; readonly limit: number; readonly used: number }[];
  /** The limit that it is over. */
  readonly exceeded: { readonly policy: string } | undefined;
}

/** What a store is about to write. */
export interface StoreFacts {
  readonly phase: Phase;
  readonly status: ExecutionStatus;
  /** Of a validation that is completed: whether it proved its vulnerability. */
  readonly validated: boolean | undefined;
}

/** What became of a store that was answered with success. */
export interface StoreOutcome {
  readonly isReplay: boolean;
  readonly madeRepository: boolean;
}

/** How calls end: as they should, refused for the caller's doing, or failed for the platform's. */
export const callOutcomes = ['succeeded', 'refused', 'failed'] as const;

/** One of {@link callOutcomes}. */
export type CallOutcome = (typeof callOutcomes)[number];

/** The measure of one call, over REST or tRPC; each call of a batch has its own. */
export interface CallMeasure {
  /** The input is there. Time counts from now on: how long a body is on its way is up to the caller. */
  inputRead(): void;
  stores(facts: StoreFacts): void;
  stored(outcome: StoreOutcome): void;
  /** @param found the phases that there was something of, by name */
  retrieved(found: readonly string[]): void;
  end(outcome: CallOutcome): void;
}

export interface Metrics {
  request(facts: RequestFacts): void;
  /** An error that somebody was answered with, over REST or tRPC. */
  error(code: ErrorCode): void;
  limits(standing: Standing): void;
  /** @param procedure by its path, as `phases.store` */
  call(procedure: string): CallMeasure;
}

const nothing = () => {};
const unmeasured: CallMeasure = {
  inputRead: nothing,
  stores: nothing,
  stored: nothing,
  retrieved: nothing,
  end: nothing,
};

/** For platforms that nobody asks for metrics. */
export const noMetrics: Metrics = { request: nothing, error: nothing, limits: nothing, call: () => unmeasured };
