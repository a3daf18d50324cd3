// Brings the schema up to date online, while servers of this release and of the previous one serve requests. One server
// migrates at a time, behind a pooler too, and a migration that waits for a lock does not make everybody else wait.
import { setTimeout as delay } from 'node:timers/promises';
import type { Constructor } from '@mikro-orm/core';
import { Migration, type Migrator } from '@mikro-orm/migrations';
import { migrations } from '@rsolv/migrations/list';
import { sql, type Kysely } from 'kysely';
import { reasonOf, StartupError } from '../config/operator-error.ts';

/** How long a migration waits for a table in use. Statements queue behind it and give up after 2 s, so it is shorter. */
const lockTimeoutMs = 1_000;

const maxAttempts = 20;

/** Between two attempts, so that statements that queued behind the migration can run. */
const retryDelayMs = 1_000;

/** Every migration, wrapped by {@link asOnlineMigration}. */
export const onlineMigrations = migrations.map((migration) => ({
  name: migration.name,
  class: asOnlineMigration(migration),
}));

/**
 * Wraps a migration so that it can run while servers are at work. A transactional migration gives up when it can't lock a
 * table soon. One that is not transactional builds its indexes concurrently, blocks nobody, and may wait without a limit.
 */
export function asOnlineMigration(Inner: Constructor<Migration>): Constructor<Migration> {
  return class extends Migration {
    readonly #inner = new Inner(this.driver, this.config);

    override isTransactional() {
      return this.#inner.isTransactional();
    }

    override up() {
      return this.#run('up');
    }

    override down() {
      return this.#run('down');
    }

    async #run(direction: 'up' | 'down') {
      this.#inner.reset();
      await this.#inner[direction]();
      const queries = this.#inner.getQueries();
      if (!this.isTransactional()) return runConcurrently(this.driver.getConnection().getClient(), queries.map(String));
      for (const query of [`set local lock_timeout = ${lockTimeoutMs}`, 'set local statement_timeout = 0', ...queries])
        this.addSql(query);
    }
  };
}

/** Runs queries outside a transaction and without timeouts. */
async function runConcurrently(kysely: Kysely<unknown>, queries: readonly string[]): Promise<void> {
  await kysely.connection().execute(async (connection) => {
    await sql`set lock_timeout = 0`.execute(connection);
    await sql`set statement_timeout = 0`.execute(connection);
    try {
      for (const query of queries) {
        // A failed attempt leaves an invalid index of this name behind.
        const [, index] = /^create (?:unique )?index concurrently (".+?")/i.exec(query) ?? [];
        if (index !== undefined) await sql`drop index concurrently if exists ${sql.raw(index)}`.execute(connection);
        await sql.raw(query).execute(connection);
      }
    } finally {
      await sql`reset lock_timeout`.execute(connection);
      await sql`reset statement_timeout`.execute(connection);
    }
  });
}

/** PostgreSQL's code for a lock timeout. */
const lockNotAvailable = '55P03';

/**
 * Applies the pending migrations and retries while their tables are locked.
 *
 * @throws StartupError
 */
export async function migrate(migrator: Pick<Migrator, 'up'>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await migrator.up();
      return;
    } catch (cause) {
      const isLocked = cause instanceof Error && 'code' in cause && cause.code === lockNotAvailable;
      if (!isLocked) throw new StartupError(`The schema can't be migrated: ${reasonOf(cause)}`, { cause });
      if (attempt === maxAttempts) {
        throw new StartupError(
          `The schema can't be migrated: a table stayed locked during ${maxAttempts} attempts of ${lockTimeoutMs / 1000} s. ` +
            'Start the server again when long transactions, such as a backup, have ended.',
          { cause },
        );
      }
      await delay(retryDelayMs);
    }
  }
}

/** The key of the advisory lock, the bytes of "RSOLV". Nothing else on the same PostgreSQL may use it. */
const migrationLock = 0x52534f4c56;

const lockPollMs = 100;

/**
 * Runs an action while this server alone holds the migration lock. The lock belongs to a transaction, since behind a pooler
 * nothing else stays on one connection. The server polls for it, without a parameter: a statement that waits, or has
 * parameters, keeps a snapshot until the transaction ends, and an index that is built concurrently waits for snapshots.
 */
export async function withMigrationLock<Tables, Result>(
  kysely: Kysely<Tables>,
  action: () => Promise<Result>,
): Promise<Result> {
  const attempt = () =>
    kysely.transaction().execute(async (transaction) => {
      const { rows } = await sql<{ isLocked: boolean }>`
        select pg_try_advisory_xact_lock(${sql.lit(migrationLock)}) as "isLocked"`.execute(transaction);
      if (rows[0]?.isLocked !== true) return undefined;
      // The transaction is idle while the migrations run on other connections.
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(transaction);
      return { result: await action() };
    });
  for (;;) {
    const done = await attempt();
    if (done !== undefined) return done.result;
    await delay(lockPollMs);
  }
}
