// What is traced of a request: the request itself, the procedures that it calls, and their statements. Spans say no more
// than the log does: no query, no name, no text of a statement. Where nobody asked for traces there is no Tracing, and
// so nothing is made or loaded for one.
import type { ErrorCode } from '@rsolv/shared/errors/error-code';

/** A request that begins. */
export interface RequestToTrace {
  readonly method: string;
  readonly requestId: string;
  /** The trace that it belongs to; undefined where its caller is in none. */
  readonly traceparent: string | undefined;
}

/** How it ended. */
export interface TracedAnswer {
  /** Undefined where there is none. */
  readonly route: string | undefined;
  readonly path: string;
  /** Null where there was none. */
  readonly status: number | null;
  readonly customerId: string | undefined;
}

/** A part of the work, from when it was made. */
interface Span<End extends unknown[]> {
  /** Has what it does, and whatever that goes on to do, belong to the span. */
  run<Result>(work: () => Result): Result;
  end(...how: End): void;
}

export interface RequestSpan extends Span<[TracedAnswer]> {
  /** The caller's, where it is in a trace. */
  readonly traceId: string;
}

/** Ends with the error that its caller gets, if any. */
export type CallSpan = Span<[ErrorCode?]>;

export interface Tracing {
  request(request: RequestToTrace): RequestSpan;
  /** @param procedure by its path, as `phases.store` */
  call(procedure: string): CallSpan;
  /** A statement of something that is traced; others are none's business. */
  statement<Result>(name: string, run: () => Promise<Result>): Promise<Result>;
  /** Sends what has not been sent, for as long as `OTEL_EXPORTER_OTLP_TIMEOUT` says. */
  stop(): Promise<void>;
}
