// Metrics as text, the way Prometheus reads them.

import type { ServerProcess } from './server-process.ts';

/** A line: a metric with its labels, and what it says. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads all samples. */
export const readSamples = (text: string): Sample[] =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', text = '']) => [label, text]);
      return { name, labels: Object.fromEntries(pairs), value: Number(value) };
    });

/** Where a server that was started with `RSOLV_METRICS_PORT` gives its metrics. */
export function metricsUrlOf({ stdout }: ServerProcess): string {
  const url = /^Metrics: (http:\S+\/metrics)$/m.exec(stdout)?.[1];
  if (url === undefined) throw new Error(`No metrics in: ${stdout}`);
  return url;
}

/** What a server says of itself now. */
export const scrape = async (server: ServerProcess): Promise<Sample[]> =>
  readSamples(await (await fetch(metricsUrlOf(server))).text());

/** What a metric says of these labels, with every other label summed up; 0 where it says nothing. */
export const sumOf = (samples: readonly Sample[], name: string, labels: Record<string, string> = {}): number =>
  samples
    .filter((each) => each.name === name)
    .filter((each) => Object.entries(labels).every(([label, value]) => each.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
