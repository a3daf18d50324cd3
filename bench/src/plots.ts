// Draws results as SVG charts for the README.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Result } from './report.ts';
import type { Row } from './workload.ts';

interface Plot {
  readonly workload: string;
  /** The last part of the file name, after the workload and the database. */
  readonly name: string;
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  /** The column whose values each get a line. */
  readonly lines: string;
}

interface Axis {
  readonly column: string;
  readonly title: string;
  readonly scale?: 'log' | 'linear';
  /** Returns the value of a row, if it is not the value of the column. */
  readonly of?: (row: Row) => string | number;
}

const connections: Axis = { column: 'connections', title: 'connections', scale: 'log' };
const size: Axis = { column: 'bytes', title: 'bytes of a scan', scale: 'log' };
const tables: Axis = {
  column: 'tables',
  title: 'executions in the tables',
  of: ({ executions, repositories }) =>
    `${Number(executions).toLocaleString('en')}${repositories === 1 ? ' of one repository' : ''}`,
};
const perSecond: Axis = { column: 'per second', title: 'requests per second' };
const p50: Axis = { column: 'p50 ms', title: 'p50 in ms' };
const p99: Axis = { column: 'p99 ms', title: 'p99 in ms', scale: 'log' };
const megabytes: Axis = { column: 'MB per second', title: 'MB per second', scale: 'log' };

const plots: readonly Plot[] = [
  { workload: 'latency', name: 'throughput', title: 'Throughput', x: connections, y: perSecond, lines: 'server' },
  { workload: 'latency', name: 'p99', title: 'Latency', x: connections, y: p99, lines: 'server' },
  { workload: 'payloads', name: 'throughput', title: 'Throughput by size', x: size, y: megabytes, lines: 'server' },
  { workload: 'payloads', name: 'p99', title: 'Latency by size', x: size, y: p99, lines: 'server' },
  { workload: 'scale', name: 'p50', title: 'Latency by table size', x: tables, y: p50, lines: 'server' },
];

/** Draws all charts of a result into its folder. */
export async function drawPlots(folder: string, result: Result): Promise<void> {
  for (const plot of plots.filter(({ workload }) => workload === result.workload)) {
    const file = join(folder, `${result.workload}-${result.database}-${plot.name}.svg`);
    writeFileSync(file, `${await draw(specify(plot, result))}\n`);
  }
}

/** Specifies one chart for each call, side by side. */
function specify({ title, x, y, lines }: Plot, { database, rows }: Result): TopLevelSpec {
  const values = rows.map((row) => Object.assign({}, row, { [x.column]: x.of?.(row) ?? row[x.column] }));
  const isMeasured = x.scale !== undefined;
  const field = (column: string) => column.replaceAll('.', '\\.');
  const xAxis = isMeasured ? { grid: false, values: [...new Set(rows.map((row) => Number(row[x.column])))] } : {};
  return {
    title: `${title}, ${database === 'postgres' ? 'PostgreSQL' : 'PGlite'}`,
    background: 'white',
    data: { values },
    width: 220,
    height: 180,
    mark: isMeasured ? { type: 'line', point: true } : { type: 'bar' },
    encoding: {
      column: { field: 'call', type: 'nominal', title: null, sort: null },
      x: isMeasured
        ? { field: x.column, type: 'quantitative', title: x.title, scale: { type: x.scale ?? 'linear' }, axis: xAxis }
        : { field: x.column, type: 'nominal', title: x.title, sort: null, axis: { labelAngle: -30, labelLimit: 300 } },
      y: { field: field(y.column), type: 'quantitative', title: y.title, scale: { type: y.scale ?? 'linear' } },
      color: { field: lines, type: 'nominal', title: null, sort: null },
    },
  };
}

const draw = (spec: TopLevelSpec): Promise<string> => new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG();
