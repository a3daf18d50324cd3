import { setTimeout as delay } from 'node:timers/promises';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { MikroORM } from '@mikro-orm/sql';
import { sql } from 'kysely';
import type { PostgresConfig } from '../config/config.ts';
import { reasonOf, StartupError } from '../config/operator-error.ts';
import type { Tracing } from '../observability/tracing.ts';
import type { Backend } from './backend.ts';
import type { CompiledStatement, RunStatement } from './compiled-statement.ts';
import { migrate, withMigrationLock } from './migrate.ts';
import { ormOptions } from './orm-options.ts';
import { limitResponseTime } from './timeout.ts';
import { traceStatements } from './trace-statements.ts';

const connectTimeoutMs = 5_000;

/** How long a statement waits for a row or table that another transaction has locked. */
const lockTimeoutMs = 2_000;

/** How much later than `statement_timeout` the connection is cut, so that PostgreSQL's own error arrives first. */
const responseGraceMs = 500;

const closeTimeoutMs = 5_000;

/** @throws StartupError in one line when PostgreSQL can't be reached */
export async function openPostgres(config: PostgresConfig, tracing: Tracing | undefined): Promise<Backend> {
  try {
    return await connect(config, tracing);
  } catch (cause) {
    const { hostname, port, pathname } = new URL(config.url);
    const where = `${hostname}:${port || '5432'}, database "${pathname.slice(1)}"`;
    const reason = reasonOf(cause);
    const advice = reason.includes('startup parameter') ? 'Set DATABASE_POOLER=transaction.' : 'Check DATABASE_URL.';
    throw new StartupError(`PostgreSQL at ${where} can't be reached: ${reason}. ${advice}`, { cause });
  }
}

async function connect(config: PostgresConfig, tracing: Tracing | undefined): Promise<Backend> {
  const { url, poolSize, timeoutMs, pooler } = config;
  const orm = new MikroORM({
    ...ormOptions,
    driver: PostgreSqlDriver,
    clientUrl: url,
    pool: { min: 0, max: poolSize },
    driverOptions: { ...sessionOptions(config), connectionTimeoutMillis: connectTimeoutMs },
  });
  const pool = await orm.em.getConnection().getNativeClient();
  if (tracing !== undefined) pool.on('connect', (client) => traceStatements(client, tracing));
  const responseTime = limitResponseTime(pool, timeoutMs + responseGraceMs);
  // Behind a pooler in transaction mode, the next connection may not have prepared the statement of that name.
  const query = ({ name, text }: CompiledStatement, values: unknown[]) =>
    pooler === 'transaction' ? { text, values } : { name, text, values };
  const run: RunStatement = async <Row extends object>(statement: CompiledStatement, values: unknown[]) =>
    (await pool.query<Row>(query(statement, values))).rows;
  const kysely = orm.em.getKysely();
  await sql`select 1`.execute(kysely);
  return {
    orm,
    run,
    migrate: () => responseTime.suspend(() => withMigrationLock(kysely, () => migrate(orm.migrator))),
    connections: () => ({
      used: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      max: poolSize,
    }),
    // pg's pool waits without a limit for a connection that was being opened when it was told to close.
    close: () => Promise.race([orm.close(), delay(closeTimeoutMs, undefined, { ref: false })]),
  };
}

/** Settings of each session. A pooler accepts none of them at connect: docs/operate/postgresql.md says what to set there. */
const sessionOptions = ({ pooler, timeoutMs }: PostgresConfig) => ({
  application_name: 'rsolv',
  ...(pooler === undefined && {
    lock_timeout: lockTimeoutMs,
    // So that PostgreSQL stops work whose caller has given up.
    statement_timeout: timeoutMs,
    // Custom plans cost more than they save: every statement looks its values up by an index.
    options: '-c plan_cache_mode=force_generic_plan',
  }),
});
