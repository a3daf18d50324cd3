import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { LoadJob } from './load/load-job.ts';

export const databaseKinds = ['postgres', 'pglite'] as const;
export type DatabaseKind = (typeof databaseKinds)[number];

/** What to measure, and for how long. */
export interface Options {
  /** Names of workloads; none: all but the peers, which are installed on demand. */
  readonly only: readonly string[];
  readonly databases: readonly DatabaseKind[];
  /** How long each measurement takes. */
  readonly seconds: number;
  /** How many requests it sends rather than that; for a quick look, or where it has to end whatever the machine does. */
  readonly amount: number | undefined;
  /** How often the platform and its ceiling take turns. */
  readonly rounds: number;
  readonly connections: number;
  /** Executions in the tables, for `scale`. */
  readonly rows: number;
  /** For `steady`. */
  readonly requests: number;
  /** A PostgreSQL to use rather than one of the bench's own, which it starts with the settings it prints. */
  readonly postgresUrl: string | undefined;
  /** Folder for results. */
  readonly results: string;
}

const list = z.string().transform((value) => value.split(',').filter((each) => each !== ''));
const positive = z.coerce.number().positive();

const schema = z.strictObject({
  only: list.default([]),
  database: list.pipe(z.array(z.enum(databaseKinds))).default([...databaseKinds]),
  seconds: positive.default(5),
  amount: positive.int().optional(),
  rounds: positive.int().default(3),
  connections: positive.int().default(32),
  rows: positive.int().default(100_000),
  requests: positive.int().default(20_000),
  'postgres-url': z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  results: z.string().default(join(import.meta.dirname, '../results')),
});

/** Reads the command line. */
export function readOptions(args: readonly string[]): Options {
  const options = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ args: [...args], options });
  const { database, 'postgres-url': postgresUrl, amount, ...rest } = schema.parse(values);
  return { ...rest, amount, databases: database, postgresUrl };
}

/** When a measurement ends, at its full length or, as a warm-up, after a few seconds. */
export const untilOf = ({ amount, seconds }: Options, atMostSeconds = seconds): LoadJob['until'] =>
  amount === undefined ? { seconds: Math.min(seconds, atMostSeconds) } : { requests: amount };
