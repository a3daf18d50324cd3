// Spans by OpenTelemetry's semantic conventions: https://opentelemetry.io/docs/specs/semconv/
// Nothing is registered globally: only this module knows the active span.
import {
  createContextKey,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { CallSpan, RequestSpan, RequestToTrace, TracedResponse, Tracing } from './tracing.ts';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);

/** Marks the context of a statement, so that the statements that it is made of have no spans of their own. */
const inStatement = createContextKey('in a statement');

export class Spans implements Tracing {
  readonly #tracer: Tracer;
  readonly #contexts = new AsyncLocalStorageContextManager().enable();
  readonly #propagator = new W3CTraceContextPropagator();
  readonly stop: () => Promise<void>;

  constructor(tracer: Tracer, stop: () => Promise<void>) {
    this.#tracer = tracer;
    this.stop = stop;
  }

  request({ method, requestId, traceparent }: RequestToTrace): RequestSpan {
    // Without `tracestate`: its content is up to the client, and nothing here reads it.
    const parent = this.#propagator.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter);
    const known = methods.has(method);
    const attributes = {
      'http.request.method': known ? method : '_OTHER',
      'url.scheme': 'http',
      'rsolv.request_id': requestId,
    };
    const span = this.#tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
    return {
      traceId: span.spanContext().traceId,
      run: this.#within(span, parent),
      end: (traced) => {
        span.updateName([known ? method : 'HTTP', traced.route].join(' ').trim());
        endRequest(span, traced);
      },
    };
  }

  call(procedure: string): CallSpan {
    const parent = this.#contexts.active();
    const attributes = { 'rpc.system.name': 'trpc', 'rpc.method': procedure };
    const span = this.#tracer.startSpan(procedure, { attributes }, parent);
    return {
      run: this.#within(span, parent),
      end: (error) => {
        if (error !== undefined) fail(span, error);
        span.end();
      },
    };
  }

  async statement<Result>(name: string, run: () => Promise<Result>): Promise<Result> {
    const parent = this.#contexts.active();
    if (trace.getSpan(parent) === undefined || parent.getValue(inStatement) === true) return run();
    const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': name };
    const span = this.#tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
    try {
      return await this.#contexts.with(parent.setValue(inStatement, true), run);
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
      fail(span, typeof code === 'string' ? code : '_OTHER');
      throw thrown;
    } finally {
      span.end();
    }
  }

  #within(span: Span, parent: Context): RequestSpan['run'] {
    const context = trace.setSpan(parent, span);
    return (work) => this.#contexts.with(context, work);
  }
}

function endRequest(span: Span, { route, path, status, customerId }: TracedResponse): void {
  span.setAttribute('url.path', path);
  if (route !== undefined) span.setAttribute('http.route', route);
  if (customerId !== undefined) span.setAttribute('rsolv.customer_id', customerId);
  if (status === null) fail(span, 'aborted');
  else {
    span.setAttribute('http.response.status_code', status);
    if (status >= 500) fail(span, String(status));
  }
  span.end();
}

function fail(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
