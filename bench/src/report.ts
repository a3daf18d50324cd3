// The output of a run: a table for the terminal, and a JSON file.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseKind, Options } from './options.ts';
import type { Row, Workload } from './workload.ts';

/** The result of a workload. */
export interface Result {
  readonly workload: string;
  readonly title: string;
  readonly database: DatabaseKind;
  readonly measuredAt: string;
  readonly machine: Readonly<Record<string, string>>;
  /** The settings of PostgreSQL. Empty for PGlite. */
  readonly settings: Readonly<Record<string, string>>;
  readonly options: Pick<Options, 'seconds' | 'amount' | 'rounds' | 'connections' | 'rows' | 'requests'>;
  readonly rows: readonly Row[];
}

/** Returns the file name of a result. */
export const fileOf = (workload: Pick<Workload, 'name'>, database: DatabaseKind): string =>
  `${workload.name}-${database}.json`;

export function writeResult(folder: string, result: Result): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, fileOf({ name: result.workload }, result.database));
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
}

/** Formats rows as a table with aligned columns. */
export function formatTable(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '–')))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  return lines.map((line) => line.map((cell, index) => cell.padStart(widths[index] ?? 0)).join('  ')).join('\n');
}

/** Formats facts as lines of text. */
export const formatFacts = (facts: Readonly<Record<string, string>>): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
