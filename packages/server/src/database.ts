// Opens either database behind one type: what is above this file can't tell PGlite from PostgreSQL.
import { setTimeout as delay } from 'node:timers/promises';
import { Migrator } from '@mikro-orm/migrations';
import { PgliteDriver } from '@mikro-orm/pglite';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { MikroORM, type AbstractSqlDriver, type InferKyselyDB, type SqlEntityManager } from '@mikro-orm/sql';
import { migrations } from '@rsolv/migrations/list';
import { sql, type Kysely } from 'kysely';
import type { DatabaseConfig, PostgresConfig } from './config.ts';
import { limitSilence } from './database-timeout.ts';
import { holdDataFolder } from './embedded/data-folder.ts';
import { EmbeddedEngine } from './embedded/engine.ts';
import { ApiKey } from './entities/api-key.ts';
import { AuditEvent } from './entities/audit-event.ts';
import { Customer } from './entities/customer.ts';
import { ForgeAccount } from './entities/forge-account.ts';
import { IdempotencyKey } from './entities/idempotency-key.ts';
import { MitigationExecution } from './entities/mitigation-execution.ts';
import { Repository } from './entities/repository.ts';
import { ScanExecution } from './entities/scan-execution.ts';
import { UsedIdToken } from './entities/used-id-token.ts';
import { ValidationExecution } from './entities/validation-execution.ts';
import { StartupError } from './errors.ts';

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
  close(): Promise<void>;
}

const options = {
  entities,
  extensions: [Migrator],
  // A database that is not there is a DATABASE_URL that is wrong.
  ensureDatabase: false,
  migrations: { tableName: 'migrations', migrationsList: migrations, snapshot: false },
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
export async function openDatabase(config: DatabaseConfig): Promise<Database> {
  return config.kind === 'embedded' ? openEmbedded(config.dataDir) : openPostgres(config);
}

async function openEmbedded(dataDir: string): Promise<Database> {
  const folder = holdDataFolder(dataDir);
  try {
    const engine = await EmbeddedEngine.open(folder.databaseDir);
    const orm = new MikroORM({
      ...options,
      driver: PgliteDriver,
      dbName: 'postgres',
      driverOptions: { pglite: () => engine },
    });
    const run: Run = async <Row extends object>({ text }: CompiledStatement, values: unknown[]) =>
      (await engine.query<Row>(text, values)).rows;
    const database = await present(orm, run);
    return {
      ...database,
      close: async () => {
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

async function openPostgres({ url, poolSize, timeoutMs }: PostgresConfig): Promise<Database> {
  try {
    const orm = new MikroORM({
      ...options,
      driver: PostgreSqlDriver,
      clientUrl: url,
      pool: { min: 0, max: poolSize },
      driverOptions: {
        connectionTimeoutMillis: connectTimeoutMs,
        lock_timeout: lockTimeoutMs,
        // Or else PostgreSQL would go on with what nobody waits for any more.
        statement_timeout: timeoutMs,
        // Plans for the values at hand cost more than they save: every value is looked up by an index.
        options: '-c plan_cache_mode=force_generic_plan',
        application_name: 'rsolv',
      },
    });
    const pool = await orm.em.getConnection().getNativeClient();
    // PostgreSQL's own word comes first, where it still says one.
    const silence = limitSilence(pool, timeoutMs + silenceGraceMs);
    const run: Run = async <Row extends object>({ name, text }: CompiledStatement, values: unknown[]) =>
      (await pool.query<Row>({ name, text, values })).rows;
    const database = await present(orm, run);
    return {
      ...database,
      migrate: () => silence.lift(() => migrate(orm, () => migrateAlone(orm))),
      // The pool would wait without end for a connection that was being made when it was told to close.
      close: () => Promise.race([database.close(), delay(closeGraceMs, undefined, { ref: false })]),
    };
  } catch (cause) {
    const { hostname, port, pathname } = new URL(url);
    const where = `${hostname}:${port || '5432'}, database "${pathname.slice(1)}"`;
    throw new StartupError(`PostgreSQL at ${where} can't be reached: ${reason(cause)}. Check DATABASE_URL.`, { cause });
  }
}

/** What {@link Database.run} is on either database. */
type Run = Database['run'];

async function present<D extends AbstractSqlDriver>(orm: MikroORM<D>, run: Run): Promise<Database> {
  const kysely = orm.em.getKysely<Tables>();
  await sql`select 1`.execute(kysely);
  return {
    run,
    kysely,
    fork: () => orm.em.fork(),
    migrate: () => migrate(orm),
    appliedMigrations: async () => {
      const { rows } = await sql<{ name: string }>`select name from migrations order by id`.execute(kysely);
      return rows.map(({ name }) => name);
    },
    close: () => orm.close(),
  };
}

async function migrate<D extends AbstractSqlDriver>(orm: MikroORM<D>, run = () => orm.migrator.up()): Promise<void> {
  try {
    await run();
  } catch (cause) {
    throw new StartupError(`The schema can't be brought up to date: ${reason(cause)}`, { cause });
  }
}

/** Any number will do, if nothing else on the same PostgreSQL takes it: the bytes of "RSOLV". */
const migrationLock = 0x52534f4c56;

/** Lets servers that start at once on one PostgreSQL migrate one after the other, each for as long as it needs. */
const migrateAlone = (orm: MikroORM<PostgreSqlDriver>) =>
  orm.em.transactional(async (em) => {
    const kysely = em.getKysely<Tables>();
    await sql`set local statement_timeout = 0`.execute(kysely);
    await sql`set local lock_timeout = 0`.execute(kysely);
    await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(kysely);
    await sql`set local lock_timeout to default`.execute(kysely);
    return orm.migrator.up({ transaction: em.getTransactionContext<object>() });
  });

/** The first line of what went wrong; a failed connection to several addresses has its reasons one level down. */
function reason(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return reason(cause.errors[0]);
  if (cause instanceof Error && cause.message === '' && cause.cause !== undefined) return reason(cause.cause);
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
}
