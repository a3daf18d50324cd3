// Metrics in Prometheus's text format.

/** A server's standard output. */
interface Printed {
  readonly stdout: string;
}

/** A line: a metric with its labels and value. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Parses all samples. */
export const readSamples = (text: string): Sample[] =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', text = '']) => [label, text]);
      return { name, labels: Object.fromEntries(pairs), value: Number(value) };
    });

/** The metrics URL of a server that was started with `RSOLV_METRICS_PORT`. */
export function metricsUrlOf({ stdout }: Printed): string {
  const url = /"metricsUrl":"(http:[^"]+\/metrics)"/.exec(stdout)?.[1];
  if (url === undefined) throw new Error(`No metrics in: ${stdout}`);
  return url;
}

/** Reads a server's current metrics. */
export const scrape = async (server: Printed): Promise<Sample[]> =>
  readSamples(await (await fetch(metricsUrlOf(server))).text());

/** The sum of a metric's samples with these labels; 0 if there are none. */
export const sumOf = (samples: readonly Sample[], name: string, labels: Record<string, string> = {}): number =>
  samples
    .filter((each) => each.name === name)
    .filter((each) => Object.entries(labels).every(([label, value]) => each.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
