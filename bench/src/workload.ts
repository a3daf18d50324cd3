import type { LoadGenerator } from './load/load-generator.ts';
import type { DatabaseKind, Options } from './options.ts';
import type { Postgres } from './servers/postgres.ts';

/** A line of a result, by the name of its column. */
export type Row = Readonly<Record<string, string | number | null>>;

/** What a workload works with. */
export interface Bench {
  readonly options: Options;
  readonly load: LoadGenerator;
  /** Undefined where PGlite is measured. */
  readonly postgres: Postgres | undefined;
}

/** Something that is measured. */
export interface Workload {
  readonly name: string;
  /** What it says, for those who read its results. */
  readonly title: string;
  readonly databases: readonly DatabaseKind[];
  /** Whether it is measured only where it is asked for by name. */
  readonly isOnDemand?: true;
  run(bench: Bench): Promise<readonly Row[]>;
}
