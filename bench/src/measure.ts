// Takes measurements and computes their medians.
import type { LoadGenerator } from './load/load-generator.ts';
import type { LoadJob, LoadResult } from './load/load-job.ts';
import type { Request } from './requests.ts';
import { cpuMsOf } from './servers/resources.ts';
import type { Subject } from './servers/subject.ts';

/** The result of a run of the load generator, in milliseconds. CPU times are per request, and null if unknown. */
export interface Measurement {
  readonly perSecond: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly serverCpu: number | null;
  readonly databaseCpu: number | null;
  readonly loadCpu: number;
  readonly failed: number;
}

/** The load on a subject. */
export type Pressure = Pick<LoadJob, 'connections' | 'until'>;

/** A load generator, and the subject that receives its requests. */
export interface Target {
  readonly load: LoadGenerator;
  readonly subject: Subject;
}

/** Sends a request repeatedly, with the subject's API key. */
export const measure = (load: LoadGenerator, subject: Subject, job: Request & Pressure): Promise<Measurement> =>
  measureTogether([{ load, subject }], job);

/** Measures several subjects on one database concurrently. Returns the sum of their throughput and the highest latencies. */
export async function measureTogether(
  targets: readonly [Target, ...Target[]],
  job: Request & Pressure,
): Promise<Measurement> {
  const database = targets[0].subject.databasePid;
  const cpuOfServers = () => targets.map(({ subject }) => cpuMsOf(subject.pid)).reduce(add, 0);
  const serverBefore = cpuOfServers();
  const databaseBefore = cpuMsOf(database);
  const results = await Promise.all(
    targets.map(({ load, subject: { url, apiKey } }) =>
      load.run({ url, headers: { 'x-api-key': apiKey, 'content-type': 'application/json' }, ...job }),
    ),
  );
  const sum = (of: (result: LoadResult) => number) => results.reduce((total, result) => total + of(result), 0);
  const slowest = (name: keyof LoadResult['latency']) => Math.max(...results.map(({ latency }) => latency[name]));
  const answered = sum((result) => result.answered);
  if (answered === 0) throw new Error(`The ${targets[0].subject.name} answers none of ${job.method} ${job.path}`);
  const each = (after: number | null, before: number | null) =>
    after === null || before === null ? null : (after - before) / answered;
  return {
    perSecond: sum((result) => result.answered / result.seconds),
    p50: slowest('p50'),
    p90: slowest('p90'),
    p99: slowest('p99'),
    max: slowest('max'),
    serverCpu: each(cpuOfServers(), serverBefore),
    databaseCpu: each(cpuMsOf(database), databaseBefore),
    loadCpu: sum(({ cpuMs }) => cpuMs) / answered,
    failed: sum(({ failed }) => failed),
  };
}

const add = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b);

/** Returns the median of each value, and the sum of the failures. */
export function medianOf(measurements: readonly Measurement[]): Measurement {
  const of = (name: keyof Measurement) => median(measurements.map((each) => each[name] ?? Number.NaN));
  const known = (value: number) => (Number.isNaN(value) ? null : value);
  return {
    perSecond: of('perSecond'),
    p50: of('p50'),
    p90: of('p90'),
    p99: of('p99'),
    max: of('max'),
    serverCpu: known(of('serverCpu')),
    databaseCpu: known(of('databaseCpu')),
    loadCpu: of('loadCpu'),
    failed: measurements.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/** Returns the middle value, or the mean of the two middle values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
