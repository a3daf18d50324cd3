// What the platform reports to its metrics. Labels have values from closed sets only: no customer, no name, no key, nothing
// that a caller can invent. Without RSOLV_METRICS_PORT, all of it does nothing.
import type { ErrorCode } from '@rsolv/shared/errors/error-code';
import type { ExecutionStatus, Phase } from '@rsolv/shared/contract/phase';

/** An HTTP request that has ended. */
export interface RequestFacts {
  /** As the client sent it. Methods that no route has are counted as one. */
  readonly method: string;
  /** The path template of the route. Undefined when no route matches. */
  readonly route: string | undefined;
  /** `aborted` when the client disconnected before the end of the response. */
  readonly status: number | 'aborted';
  readonly seconds: number;
}

/** How much of its limits a caller has used when a call starts. */
export interface LimitStatus {
  readonly usages: readonly { readonly policy: string; readonly limit: number; readonly used: number }[];
  /** The limit that the call exceeds. */
  readonly exceeded: { readonly policy: string } | undefined;
}

/** A store whose input is valid. */
export interface StoreAttempt {
  readonly phase: Phase;
  readonly status: ExecutionStatus;
  /** Whether a completed validation confirmed the vulnerability. Undefined for everything else. */
  readonly validated: boolean | undefined;
}

/** A store that succeeded. */
export interface StoreResult {
  readonly isReplay: boolean;
  readonly madeRepository: boolean;
}

/** How calls end: with success, refused for an error of the caller, or failed for an error of the platform. */
export const callOutcomes = ['succeeded', 'refused', 'failed'] as const;

export type CallOutcome = (typeof callOutcomes)[number];

/** Measures one call, over REST or tRPC. Each call of a batch has its own. */
export interface CallTimer {
  /** Starts the clock: how long the body takes to arrive depends on the client. */
  inputRead(): void;
  storeStarted(attempt: StoreAttempt): void;
  storeSucceeded(result: StoreResult): void;
  /** @param found the names of the phases that the response has */
  retrieveSucceeded(found: readonly string[]): void;
  end(outcome: CallOutcome): void;
}

/** A run of a background job that is over. */
export interface JobRun {
  readonly job: string;
  readonly outcome: (typeof jobOutcomes)[number];
  readonly seconds: number;
}

/** How runs of background jobs end. */
export const jobOutcomes = ['succeeded', 'failed'] as const;

export interface Metrics {
  request(facts: RequestFacts): void;
  /** Counts an error response, over REST or tRPC. */
  error(code: ErrorCode): void;
  limits(status: LimitStatus): void;
  job(run: JobRun): void;
  /** @param procedure the path of the procedure, such as `phases.store` */
  call(procedure: string): CallTimer;
}

const nothing = () => {};
const noTimer: CallTimer = {
  inputRead: nothing,
  storeStarted: nothing,
  storeSucceeded: nothing,
  retrieveSucceeded: nothing,
  end: nothing,
};

/** For a server without metrics. */
export const noMetrics: Metrics = {
  request: nothing,
  error: nothing,
  limits: nothing,
  job: nothing,
  call: () => noTimer,
};
