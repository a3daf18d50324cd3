import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { MikroORM } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { Client } from 'pg';
import type { PostgresConfig } from '../config/config.ts';
import { parseDatabaseUrl, type DatabaseServer } from '../config/database-url.ts';
import { reasonOf, StartupError } from '../config/operator-error.ts';
import type { Tracing } from '../observability/tracing.ts';
import type { Backend, WithMigrationLock } from './backend.ts';
import type { CompiledStatement, RunStatement } from './compiled-statement.ts';
import { migrate, withMigrationLock } from './migrate.ts';
import { ormOptions } from './orm-options.ts';
import { requireSessionSettings, sessionFactsQuery, sessionOptions, type SessionFacts } from './session-settings.ts';
import { limitResponseTime } from './timeout.ts';
import { tlsAttempts } from './tls.ts';
import { traceStatements } from './trace-statements.ts';

const defaultConnectTimeoutMs = 5_000;

/** How long a statement waits for a row or table that another transaction has locked. */
const lockTimeoutMs = 2_000;

/** How much later than `statement_timeout` the connection is cut, so that PostgreSQL's own error arrives first. */
const responseGraceMs = 500;

const closeTimeoutMs = 5_000;

/** @throws StartupError in one line when PostgreSQL can't be reached, or its session can't be used */
export async function openPostgres(config: PostgresConfig, tracing: Tracing | undefined): Promise<Backend> {
  const server = parseDatabaseUrl(config.url);
  try {
    const found = await findSession(config, server);
    return await connect({ config, server, ...found }, tracing);
  } catch (cause) {
    if (cause instanceof StartupError) throw cause;
    const where = `${server.host}:${server.port}, database "${server.database}"`;
    const reason = reasonOf(cause);
    throw new StartupError(`PostgreSQL at ${where} can't be reached: ${reason}. ${adviceFor(reason)}`, { cause });
  }
}

function adviceFor(reason: string): string {
  if (reason.includes('startup parameter')) return 'Set DATABASE_POOLER=transaction.';
  if (reason.includes('does not support SSL')) {
    return 'Enable TLS there, or set sslmode=disable in DATABASE_URL if the network in between is trusted.';
  }
  if (reason.includes('no encryption')) return 'Set sslmode=verify-full in DATABASE_URL, with sslrootcert for its CA.';
  if (/certificate|altnames/i.test(reason)) return 'Check sslmode and sslrootcert in DATABASE_URL.';
  return 'Check DATABASE_URL.';
}

/** What connections to the server need. */
interface Session {
  readonly ssl: ConnectionOptions | false;
  /** Undefined behind a pooler. */
  readonly facts: SessionFacts | undefined;
}

/** Makes the first connection, to find out which TLS options work and what sessions have to set. */
async function findSession(config: PostgresConfig, server: DatabaseServer): Promise<Session> {
  const failures: unknown[] = [];
  for (const ssl of tlsAttempts(server)) {
    const client = new Client({ ...address(server), ssl, ...sessionStart(config, server, undefined) });
    // Without a listener, an error while the connection closes would end the process.
    client.on('error', () => {});
    try {
      await client.connect();
      const { rows } = await client.query<SessionFacts>(sessionFactsQuery);
      return { ssl, facts: config.pooler === undefined ? rows[0] : undefined };
    } catch (cause) {
      failures.push(cause);
    } finally {
      await client.end().catch(() => {});
    }
  }
  throw failures[0];
}

/** The options of pg for a server, without TLS. */
const address = ({ connectTimeoutMs = defaultConnectTimeoutMs, ...server }: DatabaseServer) => ({
  host: server.host,
  port: server.port,
  user: server.user,
  password: server.password,
  database: server.database,
  application_name: server.applicationName,
  connectionTimeoutMillis: connectTimeoutMs,
  keepAlive: server.keepAlive,
  keepAliveInitialDelayMillis: server.keepAliveInitialDelayMs,
  ...(server.ssl.isDirect && { sslnegotiation: 'direct' as const }),
});

/** The settings that a session starts with. A pooler accepts none but those that the operator sets on purpose. */
const sessionStart = (
  { pooler, timeoutMs }: PostgresConfig,
  { options }: DatabaseServer,
  facts: SessionFacts | undefined,
) =>
  pooler === undefined
    ? {
        lock_timeout: lockTimeoutMs,
        // So that PostgreSQL stops work whose caller has given up.
        statement_timeout: timeoutMs,
        options: sessionOptions(facts, options),
      }
    : options !== '' && { options };

interface Connecting extends Session {
  readonly config: PostgresConfig;
  readonly server: DatabaseServer;
}

async function connect({ config, server, ssl, facts }: Connecting, tracing: Tracing | undefined): Promise<Backend> {
  const { poolSize, timeoutMs, pooler } = config;
  const orm = new MikroORM({
    ...ormOptions,
    driver: PostgreSqlDriver,
    dbName: server.database,
    pool: { min: 0, max: poolSize },
    driverOptions: {
      ...address(server),
      ssl,
      ...sessionStart(config, server, facts),
    },
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
  const alone: WithMigrationLock = (action) => responseTime.suspend(() => withMigrationLock(kysely, action));
  await (facts === undefined ? requireSessionSettings(kysely) : sql`select 1`.execute(kysely));
  return {
    orm,
    run,
    execute: async (text, values) => {
      // For several statements, pg returns an array of results, which its types leave out.
      const results = [await pool.query<object>(text, values)].flat();
      return results.flatMap(({ rows }) => rows);
    },
    migrate: () => alone(() => migrate(orm.migrator)),
    withMigrationLock: alone,
    checkpoint: undefined,
    pauseWrites: undefined,
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
