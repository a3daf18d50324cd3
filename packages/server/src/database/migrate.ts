// Brings the schema up to date while servers of this release and of the one before go on working: one server at a time,
// by way of a pooler too, and without making everybody wait where a migration has to wait itself.
import { setTimeout as delay } from 'node:timers/promises';
import type { Constructor } from '@mikro-orm/core';
import { Migration, type Migrator } from '@mikro-orm/migrations';
import { migrations } from '@rsolv/migrations/list';
import { sql, type Kysely } from 'kysely';
import { reasonOf, StartupError } from '../config/operator-error.ts';

/** How long a migration waits for a table that others use: less than who waits behind it, who gives up after two. */
const lockTimeoutMs = 1_000;

const attempts = 20;

/** Between two attempts, for those who waited. */
const pauseMs = 1_000;

/** Every migration, as it can run beside servers at work. */
export const migrationsAtWork = migrations.map((migration) => ({
  name: migration.name,
  class: atWork(migration),
}));

/**
 * A migration as it can run beside servers at work. One that is a transaction gives up on a table that others hold. One
 * that is none, since it builds indexes concurrently, waits as long as it has to, for it is in nobody's way.
 */
export function atWork(Inner: Constructor<Migration>): Constructor<Migration> {
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

    async #run(way: 'up' | 'down') {
      this.#inner.reset();
      await this.#inner[way]();
      const queries = this.#inner.getQueries();
      if (!this.isTransactional()) return runWithPatience(this.driver.getConnection().getClient(), queries.map(String));
      for (const query of [`set local lock_timeout = ${lockTimeoutMs}`, 'set local statement_timeout = 0', ...queries])
        this.addSql(query);
    }
  };
}

async function runWithPatience(kysely: Kysely<unknown>, queries: readonly string[]): Promise<void> {
  await kysely.connection().execute(async (connection) => {
    await sql`set lock_timeout = 0`.execute(connection);
    await sql`set statement_timeout = 0`.execute(connection);
    try {
      for (const query of queries) {
        // What an attempt that failed has left behind bears the name, and is no good.
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

/** PostgreSQL's word for having waited too long. */
const lockNotAvailable = '55P03';

/** @throws StartupError */
export async function migrate(migrator: Pick<Migrator, 'up'>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await migrator.up();
      return;
    } catch (cause) {
      const hasWaited = cause instanceof Error && 'code' in cause && cause.code === lockNotAvailable;
      if (!hasWaited) throw new StartupError(`The schema can't be brought up to date: ${reasonOf(cause)}`, { cause });
      if (attempt === attempts) {
        const held = `${attempts} times, ${lockTimeoutMs / 1000} s each, a migration waited in vain for a table that is in use`;
        throw new StartupError(
          `The schema can't be brought up to date: ${held}. Start again once long transactions, such as a backup's, have ended.`,
          { cause },
        );
      }
      await delay(pauseMs);
    }
  }
}

/** Any number will do, if nothing else on the same PostgreSQL takes it: the bytes of "RSOLV". */
const migrationLock = 0x52534f4c56;

const lockPollMs = 100;

/**
 * Lets servers that start at once on one PostgreSQL migrate one after the other. The lock is a transaction's, since by
 * way of a pooler nothing else stays on one connection. It is asked for rather than waited for, and without a parameter,
 * which would hold a snapshot on to the transaction's end: an index that is built concurrently waits for both.
 */
export async function oneAtATime<Tables>(kysely: Kysely<Tables>, action: () => Promise<void>): Promise<void> {
  const attempt = () =>
    kysely.transaction().execute(async (transaction) => {
      const { rows } = await sql<{ isMine: boolean }>`
        select pg_try_advisory_xact_lock(${sql.lit(migrationLock)}) as "isMine"`.execute(transaction);
      if (rows[0]?.isMine !== true) return false;
      // It rests while the migrations run.
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(transaction);
      await action();
      return true;
    });
  while (!(await attempt())) await delay(lockPollMs);
}
