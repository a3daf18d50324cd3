// Servers take turns, A B A B …, so that whatever else the machine does meets all of them alike.
import { measure, median, medianOf, type Measurement, type Pressure } from './measure.ts';
import type { Request } from './requests.ts';
import type { Subject } from './servers/subject.ts';
import type { Bench, Row } from './workload.ts';

/** A subject, and what it is asked. */
export interface Turn {
  readonly subject: Subject;
  readonly request: Request;
}

const warmUpSeconds = 2;

/**
 * Measures in turns, and gives a row for each subject: medians over all rounds, and its throughput as a share of the
 * last subject's, which is the one to compare with: the median of the shares of each round.
 *
 * @param about the row's first columns, which say what was measured
 */
export async function alternate(
  { load, options }: Bench,
  turns: readonly Turn[],
  { about, pressure }: { readonly about: Row; readonly pressure?: Partial<Pressure> },
): Promise<Row[]> {
  const until = pressure?.until ?? { seconds: options.seconds };
  const connections = pressure?.connections ?? options.connections;
  const warmUp = { connections, until: { seconds: Math.min(warmUpSeconds, options.seconds) } };
  for (const { subject, request } of turns) await measure(load, subject, { ...request, ...warmUp });
  const rounds: Measurement[][] = [];
  for (let round = 0; round < options.rounds; round++) {
    const measured: Measurement[] = [];
    for (const { subject, request } of turns) {
      measured.push(await measure(load, subject, { ...request, connections, until }));
    }
    rounds.push(measured);
  }
  return turns.map(({ subject }, index) => {
    const own = rounds.flatMap((round) => round.slice(index, index + 1));
    const shares = rounds.map((round, at) => (own[at]?.perSecond ?? Number.NaN) / (round.at(-1)?.perSecond ?? 1));
    return { ...about, server: subject.name, ...rowOf(medianOf(own)), 'of ceiling': round(median(shares), 3) };
  });
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
