// What is traced: a request, the procedures that it calls, and their statements. Spans have no more than the log: no query
// string, no names, no SQL. Without a configured exporter there is no Tracing, and nothing is loaded for it.
import type { ErrorCode } from '@rsolv/shared/errors/error-code';

/** A request at its start. */
export interface RequestToTrace {
  readonly method: string;
  readonly requestId: string;
  /** The client's trace context. Undefined when the client sent none. */
  readonly traceparent: string | undefined;
}

/** A request at its end. */
export interface TracedResponse {
  /** The path template of the route. Undefined when no route matches. */
  readonly route: string | undefined;
  readonly path: string;
  /** Null when the client disconnected. */
  readonly status: number | null;
  readonly customerId: string | undefined;
}

/** A span that has started. */
interface Span<End extends unknown[]> {
  /** Runs an action with the span as the parent of all spans that the action starts, also later. */
  run<Result>(work: () => Result): Result;
  end(...outcome: End): void;
}

export interface RequestSpan extends Span<[TracedResponse]> {
  /** The client's trace, or a new one. */
  readonly traceId: string;
}

/** Ends with the error code of the response, if it is an error. */
export type CallSpan = Span<[ErrorCode?]>;

export interface Tracing {
  request(request: RequestToTrace): RequestSpan;
  /** @param procedure the path of the procedure, such as `phases.store` */
  call(procedure: string): CallSpan;
  /** Runs a statement in a span, if it belongs to a traced request or call. */
  statement<Result>(name: string, run: () => Promise<Result>): Promise<Result>;
  /** Exports the remaining spans, for at most `OTEL_EXPORTER_OTLP_TIMEOUT`. */
  stop(): Promise<void>;
}
