// Servers take turns, A B A B …, so that whatever else the machine does meets all of them alike.
import { measure, median, medianOf, type Measurement, type Pressure } from './measure.ts';
import { untilOf } from './options.ts';
import type { Request } from './requests.ts';
import type { Subject } from './servers/subject.ts';
import type { Bench, Row } from './workload.ts';

/** A subject, and what it is asked. */
export interface Turn {
  readonly subject: Subject;
  readonly request: Request;
  /** How many calls a request makes: more than one for a batch. */
  readonly calls?: number;
  /** Columns of its own; by default the subject's name. */
  readonly about?: Row;
}

/** How turns are taken, and what they are told as. */
export interface Turns {
  /** The first columns of every row, which say what was measured. */
  readonly about: Row;
  readonly pressure?: Partial<Pressure>;
  /** The column for the share of the last turn's throughput. */
  readonly share?: string;
}

const warmUpSeconds = 2;

/**
 * Measures in turns, and gives a row for each: medians over all rounds, and its throughput as a share of the last
 * turn's, which is the one to compare with: the median of the shares of each round.
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

/** What each call of a batch comes to. Its latency is the batch's. */
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

/** A measurement as columns. */
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

/** Rounds to so many digits after the point. */
export const round = (value: number, digits: number): number => Number(value.toFixed(digits));
