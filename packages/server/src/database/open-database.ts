// Opens either database behind one type: what is above this file can't tell PGlite from PostgreSQL.
import { setTimeout as delay } from 'node:timers/promises';
import { Migrator } from '@mikro-orm/migrations';
import { PgliteDriver } from '@mikro-orm/pglite';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { MikroORM, type AbstractSqlDriver, type InferKyselyDB, type SqlEntityManager } from '@mikro-orm/sql';
import { sql, type Kysely } from 'kysely';
import type { DatabaseConfig, PostgresConfig } from '../config/config.ts';
import { limitSilence } from './timeout.ts';
import { tracedRun, traceStatements } from './trace-statements.ts';
import { holdDataFolder } from './embedded/data-folder.ts';
import { EmbeddedEngine } from './embedded/engine.ts';
import { offerStillness } from './embedded/stillness.ts';
import { ApiKey } from '../entities/api-key.ts';
import { AuditEvent } from '../entities/audit-event.ts';
import { Customer } from '../entities/customer.ts';
import { ForgeAccount } from '../entities/forge-account.ts';
import { IdempotencyKey } from '../entities/idempotency-key.ts';
import { MitigationExecution } from '../entities/mitigation-execution.ts';
import { Repository } from '../entities/repository.ts';
import { ScanExecution } from '../entities/scan-execution.ts';
import { UsedIdToken } from '../entities/used-id-token.ts';
import { ValidationExecution } from '../entities/validation-execution.ts';
import { reasonOf, StartupError } from '../config/operator-error.ts';
import type { Connections } from '../observability/prometheus.ts';
import { migrationsAtWork, migrate, oneAtATime } from './migrate.ts';
import type { Tracing } from '../observability/tracing.ts';

export const entities = [
  Customer,
  ApiKey,
  ForgeAccount,
  Repository,
  ScanExecution,
  ValidationExecution,
  MitigationExecution,
  IdempotencyKey,
  UsedIdToken,
  AuditEvent,
];

/** Every table with its columns, for statements in SQL's own terms. */
export type Tables = InferKyselyDB<(typeof entities)[number]>;

export type EntityManager = SqlEntityManager;

/** A statement that connections know by its name. */
export interface CompiledStatement {
  /** Unique among all. */
  readonly name: string;
  readonly text: string;
}

/** An open database. */
export interface Database {
  /** Runs a statement, on any connection; one that has run it before knows how. */
  run<Row extends object>(statement: CompiledStatement, values: unknown[]): Promise<Row[]>;
  /** For statements: runs each on a connection of its own, so it may be shared. */
  readonly kysely: Kysely<Tables>;
  /** For units of work: one for each, never two in parallel. */
  fork(): EntityManager;
  /**
   * Brings the schema up to date, one server at a time.
   *
   * @throws StartupError
   */
  migrate(): Promise<void>;
  /** The names of the migrations that have run, oldest first. */
  appliedMigrations(): Promise<readonly string[]>;
  /** Those to PostgreSQL, as they are now; undefined where the database is embedded. */
  readonly connections: (() => Connections) | undefined;
  close(): Promise<void>;
}

const options = {
  entities,
  extensions: [Migrator],
  // A database that is not there is a DATABASE_URL that is wrong.
  ensureDatabase: false,
  // Each migration is a transaction of its own, so that none holds its locks while the next ones run.
  migrations: { tableName: 'migrations', migrationsList: migrationsAtWork, snapshot: false, allOrNothing: false },
  // The log is the application's; MikroORM's own would write to the console.
  logger: () => {},
};

const connectTimeoutMs = 5_000;

/** How long a statement waits for another one to finish with the same row. */
const lockTimeoutMs = 2_000;

const silenceGraceMs = 500;

const closeGraceMs = 5_000;

/**
 * Opens the database and proves that it answers.
 *
 * @throws StartupError in one line where it can't be reached or its folder is held by another process.
 */
export async function openDatabase(config: DatabaseConfig, tracing?: Tracing): Promise<Database> {
  const database = await (config.kind === 'embedded'
    ? openEmbedded(config.dataDir, tracing)
    : openPostgres(config, tracing));
  if (tracing === undefined) return database;
  return {
    ...database,
    run: tracedRun((statement, values) => database.run(statement, values), tracing),
  };
}

async function openEmbedded(dataDir: string, tracing: Tracing | undefined): Promise<Database> {
  const folder = holdDataFolder(dataDir);
  try {
    const engine = await EmbeddedEngine.open(folder.databaseDir);
    if (tracing !== undefined) traceStatements(engine, tracing);
    const orm = new MikroORM({
      ...options,
      driver: PgliteDriver,
      dbName: 'postgres',
      driverOptions: { pglite: () => engine },
    });
    const run: Run = async <Row extends object>({ text }: CompiledStatement, values: unknown[]) =>
      (await engine.query<Row>(text, values)).rows;
    const database = await present(orm, run);
    const stillness = await offerStillness(dataDir, (action) => engine.still(action));
    return {
      ...database,
      close: async () => {
        stillness.close();
        await database.close();
        await engine.close();
        folder.release();
      },
    };
  } catch (thrown) {
    folder.release();
    throw thrown;
  }
}

async function openPostgres(config: PostgresConfig, tracing: Tracing | undefined): Promise<Database> {
  try {
    return await connectPostgres(config, tracing);
  } catch (cause) {
    const { hostname, port, pathname } = new URL(config.url);
    const where = `${hostname}:${port || '5432'}, database "${pathname.slice(1)}"`;
    const reason = reasonOf(cause);
    const advice = reason.includes('startup parameter') ? 'Set DATABASE_POOLER=transaction.' : 'Check DATABASE_URL.';
    throw new StartupError(`PostgreSQL at ${where} can't be reached: ${reason}. ${advice}`, { cause });
  }
}

async function connectPostgres(config: PostgresConfig, tracing: Tracing | undefined): Promise<Database> {
  const { url, poolSize, timeoutMs, pooler } = config;
  const driverOptions = { ...connectionOptions(config), connectionTimeoutMillis: connectTimeoutMs };
  const orm = new MikroORM({
    ...options,
    driver: PostgreSqlDriver,
    clientUrl: url,
    pool: { min: 0, max: poolSize },
    driverOptions,
  });
  const pool = await orm.em.getConnection().getNativeClient();
  if (tracing !== undefined) pool.on('connect', (client) => traceStatements(client, tracing));
  // PostgreSQL's own word comes first, where it still says one.
  const silence = limitSilence(pool, timeoutMs + silenceGraceMs);
  // The connection that a pooler gives to a transaction may not know the names that the one before knew.
  const send = ({ name, text }: CompiledStatement, values: unknown[]) =>
    pooler === 'transaction' ? { text, values } : { name, text, values };
  const run: Run = async <Row extends object>(statement: CompiledStatement, values: unknown[]) =>
    (await pool.query<Row>(send(statement, values))).rows;
  const database = await present(orm, run);
  return {
    ...database,
    connections: () => ({
      used: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      max: poolSize,
    }),
    migrate: () => silence.lift(() => oneAtATime(database.kysely, () => database.migrate())),
    // The pool would wait without end for a connection that was being made when it was told to close.
    close: () => Promise.race([database.close(), delay(closeGraceMs, undefined, { ref: false })]),
  };
}

/** What is said of a connection when it is made. A pooler takes nothing of the kind: see docs/operations.md. */
const connectionOptions = ({ pooler, timeoutMs }: PostgresConfig) => ({
  application_name: 'rsolv',
  ...(pooler === undefined && {
    lock_timeout: lockTimeoutMs,
    // Or else PostgreSQL would go on with what nobody waits for any more.
    statement_timeout: timeoutMs,
    // Plans for the values at hand cost more than they save: every value is looked up by an index.
    options: '-c plan_cache_mode=force_generic_plan',
  }),
});

/** What {@link Database.run} is on either database. */
type Run = Database['run'];

async function present<D extends AbstractSqlDriver>(orm: MikroORM<D>, run: Run): Promise<Database> {
  const kysely = orm.em.getKysely<Tables>();
  await sql`select 1`.execute(kysely);
  return {
    run,
    kysely,
    fork: () => orm.em.fork(),
    migrate: () => migrate(orm.migrator),
    appliedMigrations: async () => {
      const { rows } = await sql<{ name: string }>`select name from migrations order by id`.execute(kysely);
      return rows.map(({ name }) => name);
    },
    connections: undefined,
    close: () => orm.close(),
  };
}
