// One log line for each request, with the request id that the response has; metrics and traces get the same facts. Headers
// and query strings never reach the log, since they may carry keys, and of the path only the words that routes consist of.
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

/** Where requests are reported to. */
interface Observers {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing | undefined;
  /** Returns the path of a URL, with `…` for each part that is not a word of a route. */
  readonly plainPath: (url: string) => string;
  /** Returns the path template of the route for a plain path. Undefined when no route matches. */
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
    const entry: RequestEntry = { observers, facts, codes: new Set() };
    entries.set(request, entry);
    response.once('close', () => {
      const duration = performance.now() - startedAt;
      const path = plainPath(originalUrl);
      const status = response.headersSent ? response.statusCode : null;
      const line = { ...facts, ...callerOf(entry), method, path, status, responseTime: Math.round(duration) };
      const { customerId } = line;
      const isComplete = response.writableFinished;
      const message = isComplete ? 'request completed' : 'request aborted';
      log[levelOf(path, response.statusCode)](line, message);
      const counted = isComplete ? response.statusCode : 'aborted';
      const route = routeOf(path);
      metrics.request({ method, route, status: counted, seconds: duration / 1000 });
      span?.end({ route, path, status: isComplete ? status : null, customerId });
    });
    if (span === undefined) next();
    else span.run(next);
  };
}

/** What each log line of a request contains. */
interface Facts {
  readonly requestId: string;
  /** The client's trace, or a new one if tracing is on. */
  readonly traceId: string | undefined;
}

/** Where a log line finds the caller when it is written. */
interface CallerSource {
  readonly customerId: string | undefined;
  readonly apiKeyId: string | undefined;
}

/** Why a request was refused, or failed, and where it came from. */
interface RefusedRequest {
  readonly error: PlatformError;
  /** Undefined if it is unknown. */
  readonly address: string | undefined;
}

interface RequestEntry {
  readonly observers: Observers;
  readonly facts: Facts;
  /** One code; a batch may have more. */
  readonly codes: Set<string>;
  address?: string | undefined;
  source?: CallerSource;
}

/** Load balancers ask for these every second. */
const probes = new Set(['/health', '/health/ready']);

function levelOf(path: string, status: number): 'error' | 'info' | 'debug' {
  if (status >= 500) return 'error';
  return probes.has(path) ? 'debug' : 'info';
}

/** Who made the request, and why it was refused: what the audit event of a refusal has. The address only if it was refused. */
const callerOf = ({ source, codes, address }: RequestEntry) => ({
  customerId: source?.customerId,
  apiKeyId: source?.apiKeyId,
  code: codes.size === 0 ? undefined : [...codes].join(','),
  address,
});

/** The requests in flight. */
const entries = new WeakMap<IncomingMessage, RequestEntry>();

/** The request id that {@link logRequests} chose. */
export const requestId = (request: IncomingMessage): string => entries.get(request)?.facts.requestId ?? '';

/** Adds the caller to the log lines of a request, as soon as the source knows it. */
export function logCallerOf(request: IncomingMessage, source: CallerSource): void {
  const entry = entries.get(request);
  if (entry !== undefined) entry.source = source;
}

/** Counts an error response, and adds its code to the request's line. Logs the cause if the platform failed. */
export function recordError(request: IncomingMessage, { error, address }: RefusedRequest): void {
  const entry = entries.get(request);
  if (entry === undefined) return;
  const { code, message, cause } = error;
  const { metrics, log } = entry.observers;
  metrics.error(code);
  entry.codes.add(code);
  entry.address = address;
  if (errorCodes[code].status >= 500) {
    log.error({ ...entry.facts, ...callerOf(entry), code, failure: describeFailure(cause) }, message);
  }
}
