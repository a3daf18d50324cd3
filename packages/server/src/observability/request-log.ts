// One log line a request, and the request id that is in it and in the answer; the same facts are counted. No headers and
// no query get into the log, since keys come in them, and of the path only the words that routes are made of.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { errorCodes } from '@rsolv/shared/errors/error-code';
import type { PlatformError } from '@rsolv/shared/errors/platform-error';
import { headerGetter, readRequestId, readTraceId } from '@rsolv/shared/wire/request-headers';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { describeFailure } from './describe-failure.ts';
import type { Metrics } from './metrics.ts';
import type { Tracing } from './tracing.ts';

/** Where requests are told of. */
interface Observers {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing | undefined;
  /** A URL's path with `…` for whatever is no word of a route. */
  readonly plainPath: (url: string) => string;
  /** The template of the route that a plain path leads to; undefined where there is none. */
  readonly routeOf: (path: string) => string | undefined;
}

export function logRequests(observers: Observers): RequestHandler {
  const { log, metrics, tracing, plainPath, routeOf } = observers;
  return (request, response, next) => {
    const startedAt = performance.now();
    const getHeader = headerGetter(request);
    const requestId = readRequestId(getHeader) ?? randomUUID();
    const { method, originalUrl } = request;
    const traceId = readTraceId(getHeader);
    const traceparent = traceId && getHeader('traceparent');
    const span = tracing?.request({ method, requestId, traceparent });
    const facts: Facts = { requestId, traceId: span === undefined ? traceId : span.traceId };
    response.setHeader('X-Request-Id', requestId);
    const note: Note = { observers, facts };
    notes.set(request, note);
    response.once('close', () => {
      const duration = performance.now() - startedAt;
      const path = plainPath(originalUrl);
      const status = response.headersSent ? response.statusCode : null;
      const { customerId } = note.source ?? {};
      const line = { ...facts, customerId, method, path, status, responseTime: Math.round(duration) };
      const isThrough = response.writableFinished;
      const message = isThrough ? 'request completed' : 'request aborted';
      if (response.statusCode >= 500) log.error(line, message);
      else log.info(line, message);
      const counted = isThrough ? response.statusCode : 'aborted';
      const route = routeOf(path);
      metrics.request({ method, route, status: counted, seconds: duration / 1000 });
      span?.end({ route, path, status: isThrough ? status : null, customerId });
    });
    if (span === undefined) next();
    else span.run(next);
  };
}

/** What each log line of a request says of it. */
interface Facts {
  readonly requestId: string;
  /** Of the trace that the caller is in, or else of its own where there is tracing. */
  readonly traceId: string | undefined;
}

/** Where a log line finds the customer at the time that it is written. */
interface CustomerSource {
  readonly customerId: string | undefined;
}

interface Note {
  readonly observers: Observers;
  readonly facts: Facts;
  source?: CustomerSource;
}

/** Of requests that are under way. */
const notes = new WeakMap<IncomingMessage, Note>();

/** As {@link logRequests} has chosen it. */
export const requestId = (request: IncomingMessage): string => notes.get(request)?.facts.requestId ?? '';

/** Adds the customer to the log lines of a request, as soon as the source knows it. */
export function logCustomerOf(request: IncomingMessage, source: CustomerSource): void {
  const note = notes.get(request);
  if (note !== undefined) note.source = source;
}

/** Counts an error that is answered, and logs what is a fault of the platform for whoever runs it. */
export function noteError(request: IncomingMessage, { code, message, cause }: PlatformError): void {
  const note = notes.get(request);
  note?.observers.metrics.error(code);
  if (errorCodes[code].status >= 500) {
    const { customerId } = note?.source ?? {};
    note?.observers.log.error({ ...note.facts, customerId, failure: describeFailure(cause) }, message);
  }
}
