// The metrics as Prometheus reads them: https://prometheus.io/docs/instrumenting/exposition_formats/
import { errorCodes, type ErrorCode } from '@rsolv/shared/errors/error-code';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { durationBuckets, measureCalls } from './call-metrics.ts';
import type { Metrics, RequestFacts, Standing } from './metrics.ts';

/** What is looked at when somebody asks, rather than counted when it happens. */
export interface Watched {
  /** Whether the platform can do its work. */
  readonly isReady: () => Promise<boolean>;
  /** Undefined where the database is embedded. */
  readonly connections: (() => Connections) | undefined;
  /** The limits as this server keeps them. */
  readonly limits: readonly { readonly policy: string; readonly limit: number }[];
}

/** Connections to PostgreSQL. */
export interface Connections {
  readonly used: number;
  readonly idle: number;
  /** Statements that wait for one. */
  readonly waiting: number;
  readonly max: number;
}

/** Metrics that can be read. */
export interface ReadableMetrics extends Metrics {
  readonly contentType: string;
  /** All of them, as text. */
  read(): Promise<string>;
  /** Adds what is looked at; once. */
  watch(watched: Watched): void;
}

/** From which share on somebody is near a limit. */
const nearShare = 0.8;

/** What is none of those that routes have. */
const other = 'other';

const methods = new Set(['GET', 'HEAD', 'POST', 'DELETE']);

/** Makes all metrics, with those of the process. */
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
  return {
    contentType: registry.contentType,
    read: () => registry.metrics(),
    request: countRequests(registry),
    error: countErrors(registry),
    limits: (standing) => countLimits(limitCounters, standing),
    call: measureCalls(registry),
    watch: (watched) => {
      for (const { policy } of watched.limits) {
        for (const counter of Object.values(limitCounters)) counter.inc({ policy }, 0);
      }
      watch(registry, watched);
    },
  };
}

function countRequests(registry: Registry): Metrics['request'] {
  const requests = new Histogram({
    registers: [registry],
    name: 'rsolv_http_request_duration_seconds',
    help: 'HTTP requests from first byte to last, with the time that bodies and answers are on their way; health and documents included.',
    labelNames: ['method', 'route', 'status'],
    buckets: durationBuckets,
  });
  return ({ method, route, status, seconds }: RequestFacts) =>
    requests.observe({ method: methods.has(method) ? method : other, route: route ?? other, status }, seconds);
}

function countErrors(registry: Registry): Metrics['error'] {
  const counter = (name: string, help: string) =>
    new Counter({ registers: [registry], name, help, labelNames: ['code'] });
  const refusals = counter('rsolv_refusals_total', "Answers with an error of the caller's doing, by error code.");
  const failures = counter('rsolv_failures_total', "Answers with an error of the platform's doing, by error code.");
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
    refused: counter('rsolv_limit_refusals_total', 'Calls refused since somebody was over a limit.'),
    near: counter('rsolv_limit_near_total', 'Calls by somebody who had used more than 80 % of a limit.'),
  };
}

function countLimits({ refused, near }: LimitCounters, { usages, exceeded }: Standing): void {
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
  // They are asked in this order, and looking whether the platform is ready takes a connection itself.
  if (connections !== undefined) {
    gauge('rsolv_database_connections_used', 'Connections to PostgreSQL at work.', () => connections().used);
    gauge('rsolv_database_connections_idle', 'Connections to PostgreSQL at rest.', () => connections().idle);
    gauge('rsolv_database_connections_max', 'Connections that this server opens at most.', () => connections().max);
    gauge('rsolv_database_waiting', 'Statements that wait for a connection.', () => connections().waiting);
  }
  gauge('rsolv_ready', 'Whether the database is in reach and its schema up to date: 1 or 0.', async () =>
    Number(await isReady()),
  );
  const allowed = new Gauge({
    registers: [registry],
    name: 'rsolv_limit_calls',
    help: 'Calls a minute that this server allows one key, one customer, and one address without a good key.',
    labelNames: ['policy'],
  });
  for (const { policy, limit } of limits) allowed.set({ policy }, limit);
}
