import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { LoadJob } from './load/load-job.ts';

export const databaseKinds = ['postgres', 'pglite'] as const;
export type DatabaseKind = (typeof databaseKinds)[number];

/** The options of the bench. */
export interface Options {
  /** The names of the workloads. Empty: all except the peers, which are installed on demand. */
  readonly only: readonly string[];
  readonly databases: readonly DatabaseKind[];
  /** How long each measurement takes. */
  readonly seconds: number;
  /** The number of requests per measurement instead of its duration, for a quick check or a fixed amount of work. */
  readonly amount: number | undefined;
  /** How often the platform and its ceiling alternate. */
  readonly rounds: number;
  readonly connections: number;
  /** The number of executions in the tables, for `scale`. */
  readonly rows: number;
  /** The number of requests, for `steady`. */
  readonly requests: number;
  /** The URL of a PostgreSQL to measure. By default, the bench starts one and prints its settings. */
  readonly postgresUrl: string | undefined;
  /** The folder for the results. */
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

/** Parses the command line. */
export function readOptions(args: readonly string[]): Options {
  const options = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ args: [...args], options });
  const { database, 'postgres-url': postgresUrl, amount, ...rest } = schema.parse(values);
  return { ...rest, amount, databases: database, postgresUrl };
}

/** Returns when a measurement ends: after its full duration or, for a warm-up, after a few seconds. */
export const untilOf = ({ amount, seconds }: Options, atMostSeconds = seconds): LoadJob['until'] =>
  amount === undefined ? { seconds: Math.min(seconds, atMostSeconds) } : { requests: amount };
