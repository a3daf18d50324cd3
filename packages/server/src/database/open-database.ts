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
import { Replica, type ReadsMoved, type SentStatement } from './replica.ts';
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
  /** The same for one that only reads: a replica may answer it, where that makes no difference. */
  read<Row extends object>(statement: CompiledStatement, values: unknown[]): Promise<Row[]>;
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

/** To a replica: the primary can answer as well, and somebody waits. */
const replicaConnectTimeoutMs = 1_000;

/** How long a replica may say nothing before the primary is asked. */
const replicaSilenceMs = 2_000;
const silenceGraceMs = 500;

const closeGraceMs = 5_000;

/** Who wants to know what goes on. */
interface Watched {
  readonly tracing?: Tracing | undefined;
  /** Told when a replica begins or ceases to answer reads. */
  readonly readsMoved?: (moved: ReadsMoved) => void;
}

/**
 * Opens the database and proves that it answers.
 *
 * @throws StartupError in one line where it can't be reached or its folder is held by another process.
 */
export async function openDatabase(config: DatabaseConfig, watched: Watched = {}): Promise<Database> {
  const database = await (config.kind === 'embedded'
    ? openEmbedded(config.dataDir, watched)
    : openPostgres(config, watched));
  const { tracing } = watched;
  if (tracing === undefined) return database;
  return {
    ...database,
    run: tracedRun((statement, values) => database.run(statement, values), tracing),
    read: tracedRun((statement, values) => database.read(statement, values), tracing),
  };
}

async function openEmbedded(dataDir: string, { tracing }: Watched): Promise<Database> {
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

async function openPostgres(config: PostgresConfig, watched: Watched): Promise<Database> {
  try {
    return await connectPostgres(config, watched);
  } catch (cause) {
    const { hostname, port, pathname } = new URL(config.url);
    const where = `${hostname}:${port || '5432'}, database "${pathname.slice(1)}"`;
    const reason = reasonOf(cause);
    const advice = reason.includes('startup parameter') ? 'Set DATABASE_POOLER=transaction.' : 'Check DATABASE_URL.';
    throw new StartupError(`PostgreSQL at ${where} can't be reached: ${reason}. ${advice}`, { cause });
  }
}

async function connectPostgres(config: PostgresConfig, { tracing, readsMoved }: Watched): Promise<Database> {
  const { url, poolSize, timeoutMs, pooler, replicaUrl } = config;
  const driverOptions = { ...connectionOptions(config), connectionTimeoutMillis: connectTimeoutMs };
  const impatient = { ...driverOptions, connectionTimeoutMillis: replicaConnectTimeoutMs };
  const orm = new MikroORM({
    ...options,
    driver: PostgreSqlDriver,
    clientUrl: url,
    pool: { min: 0, max: poolSize },
    driverOptions,
    replicas: replicaUrl === undefined ? [] : [{ clientUrl: replicaUrl, driverOptions: impatient }],
    // Only what is said to read goes there.
    preferReadReplicas: false,
  });
  const primary = await orm.em.getConnection('write').getNativeClient();
  if (tracing !== undefined) primary.on('connect', (client) => traceStatements(client, tracing));
  // PostgreSQL's own word comes first, where it still says one.
  const silence = limitSilence(primary, timeoutMs + silenceGraceMs);
  // The connection that a pooler gives to a transaction may not know the names that the one before knew.
  const send = ({ name, text }: CompiledStatement, values: unknown[]): SentStatement =>
    pooler === 'transaction' ? { text, values } : { name, text, values };
  const run: Run = async <Row extends object>(statement: CompiledStatement, values: unknown[]) =>
    (await primary.query<Row>(send(statement, values))).rows;
  const database = await present(orm, run);
  const opened = {
    ...database,
    connections: () => ({
      used: primary.totalCount - primary.idleCount,
      idle: primary.idleCount,
      waiting: primary.waitingCount,
      max: poolSize,
    }),
    migrate: () => silence.lift(() => oneAtATime(database.kysely, () => database.migrate())),
    // The pool would wait without end for a connection that was being made when it was told to close.
    close: () => Promise.race([database.close(), delay(closeGraceMs, undefined, { ref: false })]),
  };
  if (replicaUrl === undefined) return opened;
  const secondary = await orm.em.getConnection('read').getNativeClient();
  limitSilence(secondary, Math.min(timeoutMs, replicaSilenceMs));
  const replica = new Replica({ primary, replica: secondary, moved: readsMoved ?? (() => {}) });
  const read: Run = async <Row extends object>(statement: CompiledStatement, values: unknown[]) =>
    (await replica.read<Row>(send(statement, values))) ?? run<Row>(statement, values);
  return { ...opened, read };
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
    read: run,
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
