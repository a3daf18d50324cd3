// Measures servers alternately, A B A B …, so that other load on the machine affects all of them alike.
import { measure, median, medianOf, type Measurement, type Pressure } from './measure.ts';
import { untilOf } from './options.ts';
import type { Request } from './requests.ts';
import type { Subject } from './servers/subject.ts';
import type { Bench, Row } from './workload.ts';

/** A subject, and the request that it receives. */
export interface Turn {
  readonly subject: Subject;
  readonly request: Request;
  /** The number of calls per request: more than one for a batch. */
  readonly calls?: number;
  /** Columns of this turn. Default: the name of the subject. */
  readonly about?: Row;
}

/** The settings of an alternating measurement. */
export interface Turns {
  /** The first columns of every row. They identify what was measured. */
  readonly about: Row;
  readonly pressure?: Partial<Pressure>;
  /** The name of the column for the throughput relative to the last turn. */
  readonly share?: string;
}

const warmUpSeconds = 2;

/**
 * Measures the turns alternately, and returns a row for each, with the medians over all rounds. The last turn is the
 * baseline: each row contains the median of its throughput relative to the baseline in the same round.
 */
export async function alternate(bench: Bench, turns: readonly Turn[], settings: Turns): Promise<Row[]> {
  const { load, options } = bench;
  const { about, pressure, share = 'of ceiling' } = settings;
  const until = pressure?.until ?? untilOf(options);
  const connections = pressure?.connections ?? options.connections;
  const warmUp = pressure?.until ?? untilOf(options, warmUpSeconds);
  const take = async ({ subject, request, calls = 1 }: Turn, until: Pressure['until']) =>
    perCall(await measure(load, subject, { ...request, connections, until }), calls);

  for (const turn of turns) await take(turn, warmUp);
  const rounds: Measurement[][] = [];
  for (let round = 0; round < options.rounds; round++) {
    const measured: Measurement[] = [];
    for (const turn of turns) measured.push(await take(turn, until));
    rounds.push(measured);
  }
  return turns.map(({ subject, about: own = { server: subject.name } }, index) => {
    const measured = rounds.flatMap((round) => round.slice(index, index + 1));
    const shares = rounds.map((round, at) => (measured[at]?.perSecond ?? Number.NaN) / (round.at(-1)?.perSecond ?? 1));
    return { ...about, ...own, ...rowOf(medianOf(measured)), [share]: round(median(shares), 3) };
  });
}

/** Converts the measurement of a batch to one call. The latency is that of the batch. */
function perCall(measurement: Measurement, calls: number): Measurement {
  const { perSecond, serverCpu, databaseCpu, loadCpu } = measurement;
  return {
    ...measurement,
    perSecond: perSecond * calls,
    serverCpu: serverCpu === null ? null : serverCpu / calls,
    databaseCpu: databaseCpu === null ? null : databaseCpu / calls,
    loadCpu: loadCpu / calls,
  };
}

/** Converts a measurement to columns. */
export function rowOf(measurement: Measurement): Row {
  const { perSecond, p50, p90, p99, serverCpu, databaseCpu, loadCpu, failed } = measurement;
  return {
    'per second': round(perSecond, 1),
    'p50 ms': round(p50, 2),
    'p90 ms': round(p90, 2),
    'p99 ms': round(p99, 2),
    'CPU ms, server': serverCpu === null ? null : round(serverCpu, 3),
    'CPU ms, database': databaseCpu === null ? null : round(databaseCpu, 3),
    'CPU ms, load': round(loadCpu, 3),
    failed,
  };
}

/** Rounds to the given number of decimal places. */
export const round = (value: number, digits: number): number => Number(value.toFixed(digits));
