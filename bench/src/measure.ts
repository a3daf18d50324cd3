// Measurements, and what is made of several.
import type { LoadGenerator } from './load/load-generator.ts';
import type { LoadJob } from './load/load-job.ts';
import type { Request } from './requests.ts';
import { cpuMsOf } from './servers/resources.ts';
import type { Subject } from './servers/subject.ts';

/** What one run of the load generator came to. Milliseconds; CPU for each request, null where it can't be known. */
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

/** How hard a subject is asked. */
export type Pressure = Pick<LoadJob, 'connections' | 'until'>;

/** Sends a request over and over, with the subject's key. */
export async function measure(
  load: LoadGenerator,
  subject: Subject,
  { connections, until, ...request }: Request & Pressure,
): Promise<Measurement> {
  const headers = { 'x-api-key': subject.apiKey, 'content-type': 'application/json' };
  const serverBefore = cpuMsOf(subject.pid);
  const databaseBefore = cpuMsOf(subject.databasePid);
  const result = await load.run({ url: subject.url, headers, connections, until, ...request });
  if (result.answered === 0) throw new Error(`The ${subject.name} answers none of ${request.method} ${request.path}`);
  const each = (after: number | null, before: number | null) =>
    after === null || before === null ? null : (after - before) / result.answered;
  return {
    perSecond: result.answered / result.seconds,
    ...result.latency,
    serverCpu: each(cpuMsOf(subject.pid), serverBefore),
    databaseCpu: each(cpuMsOf(subject.databasePid), databaseBefore),
    loadCpu: result.cpuMs / result.answered,
    failed: result.failed,
  };
}

/** The median of each figure; of failures, the sum. */
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

/** The one in the middle, or the mean of the two that are. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
