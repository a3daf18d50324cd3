import type { MikroORM } from '@mikro-orm/sql';
import type { Connections } from '../observability/prometheus.ts';
import type { RunStatement } from './compiled-statement.ts';

/** Runs one statement with values, or several without, and returns all rows. */
export type Execute = (text: string, values?: unknown[]) => Promise<object[]>;

/** Runs an action while no other server migrates a schema, and without the client's time limit for statements. */
export type WithMigrationLock = <Result>(action: () => Promise<Result>) => Promise<Result>;

/** Runs an action while nothing writes to the database's files. They hold all that was committed; all callers wait. */
export type PauseWrites = (action: () => Promise<void>) => Promise<void>;

/** What differs between PostgreSQL and the embedded database; `openDatabase` makes a `Database` of either. */
export interface Backend {
  readonly orm: MikroORM;
  readonly run: RunStatement;
  readonly execute: Execute;
  readonly migrate: () => Promise<void>;
  readonly withMigrationLock: WithMigrationLock;
  /** Undefined for PostgreSQL, which makes checkpoints by itself. */
  readonly checkpoint: (() => Promise<void>) | undefined;
  /** Undefined for PostgreSQL, which needs no pause for a backup. */
  readonly pauseWrites: PauseWrites | undefined;
  /** Undefined for the embedded database, which has no connections. */
  readonly connections: (() => Connections) | undefined;
  readonly close: () => Promise<void>;
}
