// The metrics in Prometheus' text format: https://prometheus.io/docs/instrumenting/exposition_formats/
import { errorCodes, type ErrorCode } from '@rsolv/shared/errors/error-code';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { durationBuckets, measureCalls } from './call-metrics.ts';
import { makeJobMetrics } from './job-metrics.ts';
import type { Metrics, LimitStatus, RequestFacts } from './metrics.ts';

/** The state that is read when the metrics are read. */
export interface Watched {
  /** Whether the server is ready. */
  readonly isReady: () => Promise<boolean>;
  /** Undefined for the embedded database. */
  readonly connections: (() => Connections) | undefined;
  /** The limits of this server. */
  readonly limits: readonly { readonly policy: string; readonly limit: number }[];
  /** The names of the background jobs. */
  readonly jobs: readonly string[];
}

/** The state of the connection pool to PostgreSQL. */
export interface Connections {
  readonly used: number;
  readonly idle: number;
  /** Statements that wait for a connection. */
  readonly waiting: number;
  readonly max: number;
}

/** Metrics that can be read. */
export interface ReadableMetrics extends Metrics {
  readonly contentType: string;
  /** Returns all metrics as text. */
  read(): Promise<string>;
  /** Adds the metrics of the state. Call it once. */
  watch(watched: Watched): void;
}

/** From which share on a caller is near a limit. */
const nearShare = 0.8;

/** The label of methods that no route has. */
const other = 'other';

const methods = new Set(['GET', 'HEAD', 'POST', 'DELETE']);

/** Makes all metrics, including those of the process. */
export function makePrometheusMetrics(version: string): ReadableMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const buildInfo = new Gauge({
    registers: [registry],
    name: 'rsolv_build_info',
    help: 'Always 1. The labels are the versions of the server and of Node.',
    labelNames: ['version', 'node'],
  });
  buildInfo.set({ version, node: process.versions.node }, 1);
  const limitCounters = makeLimitCounters([registry]);
  const jobMetrics = makeJobMetrics(registry);
  return {
    contentType: registry.contentType,
    read: () => registry.metrics(),
    request: countRequests(registry),
    error: countErrors(registry),
    limits: (status) => countLimits(limitCounters, status),
    job: jobMetrics.count,
    call: measureCalls(registry),
    watch: (watched) => {
      for (const { policy } of watched.limits) {
        for (const counter of Object.values(limitCounters)) counter.inc({ policy }, 0);
      }
      jobMetrics.declare(watched.jobs);
      watch(registry, watched);
    },
  };
}

function countRequests(registry: Registry): Metrics['request'] {
  const requests = new Histogram({
    registers: [registry],
    name: 'rsolv_http_request_duration_seconds',
    help: 'Duration of HTTP requests, from the first byte of the request to the last byte of the response, including health checks and documentation.',
    labelNames: ['method', 'route', 'status'],
    buckets: durationBuckets,
  });
  return ({ method, route, status, seconds }: RequestFacts) =>
    requests.observe({ method: methods.has(method) ? method : other, route: route ?? other, status }, seconds);
}

function countErrors(registry: Registry): Metrics['error'] {
  const counter = (name: string, help: string) =>
    new Counter({ registers: [registry], name, help, labelNames: ['code'] });
  const refusals = counter('rsolv_refusals_total', 'Responses with a 4xx error, by error code.');
  const failures = counter('rsolv_failures_total', 'Responses with a 5xx error, by error code.');
  const isErrorCode = (code: string): code is ErrorCode => code in errorCodes;
  const count = (code: ErrorCode, value?: number) =>
    (errorCodes[code].status < 500 ? refusals : failures).inc({ code }, value);
  for (const code of Object.keys(errorCodes).filter(isErrorCode)) count(code, 0);
  return count;
}

type LimitCounters = ReturnType<typeof makeLimitCounters>;

function makeLimitCounters(registers: Registry[]) {
  const counter = (name: string, help: string) => new Counter({ registers, name, help, labelNames: ['policy'] });
  return {
    refused: counter('rsolv_limit_refusals_total', 'Calls refused because the caller exceeded a limit.'),
    near: counter('rsolv_limit_near_total', 'Calls of callers that had used more than 80 % of a limit.'),
  };
}

function countLimits({ refused, near }: LimitCounters, { usages, exceeded }: LimitStatus): void {
  for (const { policy, limit, used } of usages) if (used > limit * nearShare) near.inc({ policy });
  if (exceeded !== undefined) refused.inc({ policy: exceeded.policy });
}

function watch(registry: Registry, { isReady, connections, limits }: Watched): void {
  const gauge = (name: string, help: string, value: () => number | Promise<number>) =>
    new Gauge({
      registers: [registry],
      name,
      help,
      async collect() {
        this.set(await value());
      },
    });
  // In this order: the readiness check takes a connection itself.
  if (connections !== undefined) {
    gauge('rsolv_database_connections_used', 'Connections to PostgreSQL in use.', () => connections().used);
    gauge('rsolv_database_connections_idle', 'Idle connections to PostgreSQL.', () => connections().idle);
    gauge('rsolv_database_connections_max', 'Maximum number of connections of this server.', () => connections().max);
    gauge(
      'rsolv_database_waiting',
      'Statements that wait for a connection to PostgreSQL.',
      () => connections().waiting,
    );
  }
  gauge(
    'rsolv_ready',
    '1 if the server is ready: its database is reachable and the schema up to date. Otherwise 0.',
    async () => Number(await isReady()),
  );
  const allowed = new Gauge({
    registers: [registry],
    name: 'rsolv_limit_calls',
    help: 'Calls a minute that this server allows: of one API key, of one customer, and failed authentications of one address.',
    labelNames: ['policy'],
  });
  for (const { policy, limit } of limits) allowed.set({ policy }, limit);
}
