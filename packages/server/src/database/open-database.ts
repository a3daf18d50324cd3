// Opens PostgreSQL or the embedded database behind one interface, so that no other room depends on which one is used.
import type { InferKyselyDB, SqlEntityManager } from '@mikro-orm/sql';
import { sql, type Kysely } from 'kysely';
import type { DatabaseConfig } from '../config/config.ts';
import type { entities } from '../entities/entities.ts';
import type { Connections } from '../observability/prometheus.ts';
import type { Tracing } from '../observability/tracing.ts';
import type { Execute, PauseWrites, WithMigrationLock } from './backend.ts';
import type { RunStatement } from './compiled-statement.ts';
import { openEmbedded } from './embedded/open-embedded.ts';
import { openPostgres } from './postgres.ts';
import { retryConflicts } from './retry-conflicts.ts';
import { traceRun } from './trace-statements.ts';

/** The tables and columns, for statements in SQL. */
export type Tables = InferKyselyDB<(typeof entities)[number]>;

export type EntityManager = SqlEntityManager;

/**
 * An open database. There are three ways to use it: {@link Database.run} for the statements of the hot path,
 * {@link Database.kysely} for other statements, {@link Database.fork} for units of work with entities.
 */
export interface Database {
  /** Runs a compiled statement on any connection. PostgreSQL plans it once for each connection. */
  readonly run: RunStatement;
  /** Builds and runs statements, each on any connection, so that all callers may share it. */
  readonly kysely: Kysely<Tables>;
  /**
   * Makes an entity manager for one unit of work. Never use one from two calls in parallel. Inside an open transaction use
   * the transaction's own: the embedded database has one connection, so a second entity manager would wait forever.
   */
  fork(): EntityManager;
  /** Runs SQL text as it is, for a library that writes its own: one statement with values, or several without. */
  readonly execute: Execute;
  /**
   * Brings the schema up to date. Servers that start at the same time migrate one after the other.
   *
   * @throws StartupError
   */
  readonly migrate: () => Promise<void>;
  /** For the schema of a library, which is migrated by the library. */
  readonly withMigrationLock: WithMigrationLock;
  /** Writes what is in the write-ahead log to the tables' files. Undefined for PostgreSQL, which does so by itself. */
  readonly checkpoint: (() => Promise<void>) | undefined;
  /** Pauses writes for a backup of the files. Undefined for PostgreSQL, which has its own tools. */
  readonly pauseWrites: PauseWrites | undefined;
  /** Whether the database has tables of the platform. */
  hasSchema(): Promise<boolean>;
  /** The names of the applied migrations, oldest first. */
  appliedMigrations(): Promise<readonly string[]>;
  /** The current state of the connection pool. Undefined for the embedded database. */
  readonly connections: (() => Connections) | undefined;
  /** Waits for statements in flight, then closes every connection and releases the data folder. */
  close(): Promise<void>;
}

/**
 * Opens the database and checks that it responds.
 *
 * @throws StartupError with a message of one line if PostgreSQL can't be reached or another process uses the data folder
 */
export async function openDatabase(config: DatabaseConfig, tracing?: Tracing): Promise<Database> {
  const { orm, run, execute, migrate, withMigrationLock, checkpoint, pauseWrites, connections, close } =
    await (config.kind === 'embedded' ? openEmbedded(config.dataDir, tracing) : openPostgres(config, tracing));
  const kysely = orm.em.getKysely<Tables>();
  return {
    run: retried(tracing === undefined ? run : traceRun(run, tracing)),
    kysely,
    fork: () => retryTransactions(orm.em.fork()),
    execute,
    migrate,
    withMigrationLock,
    checkpoint,
    pauseWrites,
    hasSchema: async () => {
      const { rows } = await sql<{ has: boolean }>`select to_regclass('migrations') is not null as has`.execute(kysely);
      return rows[0]?.has === true;
    },
    appliedMigrations: async () => {
      const { rows } = await sql<{ name: string }>`select name from migrations order by id`.execute(kysely);
      return rows.map(({ name }) => name);
    },
    connections,
    close,
  };
}

const retried =
  (run: RunStatement): RunStatement =>
  (statement, values) =>
    retryConflicts(() => run(statement, values));

/** Retries an entity manager's outermost transactions after a conflict. Nested ones fail together with the outermost. */
function retryTransactions(em: EntityManager): EntityManager {
  const transactional = em.transactional.bind(em);
  em.transactional = (work, options) =>
    em.isInTransaction() ? transactional(work, options) : retryConflicts(() => transactional(work, options));
  return em;
}
