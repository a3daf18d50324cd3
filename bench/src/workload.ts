import type { LoadGenerator } from './load/load-generator.ts';
import type { DatabaseKind, Options } from './options.ts';
import type { Postgres } from './servers/postgres.ts';

/** A row of a result, by column name. */
export type Row = Readonly<Record<string, string | number | null>>;

/** What every workload uses. */
export interface Bench {
  readonly options: Options;
  readonly load: LoadGenerator;
  /** Undefined if PGlite is measured. */
  readonly postgres: Postgres | undefined;
}

/** A workload to measure. */
export interface Workload {
  readonly name: string;
  /** The title of its results. */
  readonly title: string;
  readonly databases: readonly DatabaseKind[];
  /** Whether it is measured only if it is named. */
  readonly isOnDemand?: true;
  run(bench: Bench): Promise<readonly Row[]>;
}
