import { sql } from 'kysely';
import { PgBoss, type ConstructorOptions } from 'pg-boss';
import { reasonOf, StartupError } from '../config/operator-error.ts';
import type { Database } from '../database/open-database.ts';

const schema = 'pgboss';

/** How often pg-boss does its own work. Nobody waits for it, and each time costs a statement. */
const intervals = {
  superviseIntervalSeconds: 60,
  monitorIntervalSeconds: 60,
  queueCacheIntervalSeconds: 600,
  bamIntervalSeconds: 600,
  flowIntervalSeconds: 3600,
} as const;

/** What the platform has itself, or does not need for a few jobs an hour. */
const disabled = {
  openTelemetry: { enabled: false },
  registerInstance: false,
  monitorVacuum: false,
  reindex: false,
  useListenNotify: false,
} as const;

/** How an instance of pg-boss is started. */
interface StartOptions extends Pick<
  ConstructorOptions,
  'schedule' | 'supervise' | 'cronMonitorIntervalSeconds' | 'cronWorkerIntervalSeconds'
> {
  /** Creates the queues that are missing. */
  readonly declareQueues?: (boss: PgBoss) => Promise<void>;
}

/**
 * Starts pg-boss on the database's own connections. Its tables are in the schema `pgboss`, which is created or migrated first,
 * while no other server does so.
 *
 * @throws StartupError when the schema can't be migrated
 */
export function startPgBoss(database: Database, { declareQueues, ...options }: StartOptions): Promise<PgBoss> {
  return database.withMigrationLock(async () => {
    let boss: PgBoss | undefined;
    try {
      boss = new PgBoss(await configure(database, options));
      // An error event without a listener ends the process, also while pg-boss starts.
      boss.on('error', () => {});
      await boss.start();
      await declareQueues?.(boss);
      return boss;
    } catch (cause) {
      await boss?.stop({ close: false, graceful: false });
      const reason = reasonOf(cause);
      throw new StartupError(`The schema "${schema}" of the background jobs can't be migrated: ${reason}`, { cause });
    }
  });
}

async function configure(
  { kysely, execute, checkpoint }: Database,
  options: ConstructorOptions,
): Promise<ConstructorOptions> {
  const { rows } = await sql<{ isMissing: boolean }>`
    select to_regnamespace(${schema}) is null as "isMissing"`.execute(kysely);
  return {
    ...options,
    ...intervals,
    ...disabled,
    db: { executeSql: async (text, values) => ({ rows: await execute(text, values) }) },
    // Only the embedded database needs checkpoints.
    backend: checkpoint === undefined ? 'postgres' : 'pglite',
    schema,
    // `create schema if not exists` needs the right to create one, even where an administrator has created it.
    createSchema: rows[0]?.isMissing === true,
  };
}

/** Creates or migrates pg-boss's schema, and runs no job. */
export async function migrateJobSchema(database: Database): Promise<void> {
  const boss = await startPgBoss(database, { schedule: false, supervise: false });
  await boss.stop({ close: false, graceful: false });
}
