// Brings the schema up to date while servers of this release and of the one before go on working: one server at a time,
// by way of a pooler too, and without making everybody wait where a migration has to wait itself.
import { setTimeout as delay } from 'node:timers/promises';
import type { Constructor } from '@mikro-orm/core';
import { Migration, type Migrator } from '@mikro-orm/migrations';
import { migrations } from '@rsolv/migrations/list';
import { sql, type Kysely } from 'kysely';
import type { Tables } from './database.ts';
import { reasonOf, StartupError } from './errors.ts';

/** How long a migration waits for a table that others use. Whoever comes after it waits behind it. */
const lockTimeoutMs = 2_000;

const attempts = 10;

/** Between two attempts, for those who waited. */
const pauseMs = 1_000;

/** Every migration, each with a limit to its waiting. */
export const boundedMigrations = migrations.map((migration) => ({
  name: migration.name,
  class: bound(migration),
}));

function bound(Inner: (typeof migrations)[number]): Constructor<Migration> {
  return class extends Migration {
    readonly #inner = new Inner(this.driver, this.config);

    override isTransactional() {
      return this.#inner.isTransactional();
    }

    override async up() {
      await this.#copy('up');
    }

    override async down() {
      await this.#copy('down');
    }

    async #copy(way: 'up' | 'down') {
      this.#inner.reset();
      await this.#inner[way]();
      if (this.isTransactional()) this.addSql(`set local lock_timeout = ${lockTimeoutMs}`);
      for (const query of this.#inner.getQueries()) this.addSql(query);
    }
  };
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
 * way of a pooler nothing else stays on one connection; and it is asked for rather than waited for, since an index that
 * is built concurrently waits for all who wait.
 */
export async function oneAtATime(kysely: Kysely<Tables>, action: () => Promise<void>): Promise<void> {
  const attempt = () =>
    kysely.transaction().execute(async (transaction) => {
      const { rows } = await sql<{ isMine: boolean }>`
        select pg_try_advisory_xact_lock(${migrationLock}) as "isMine"`.execute(transaction);
      if (rows[0]?.isMine !== true) return false;
      await action();
      return true;
    });
  while (!(await attempt())) await delay(lockPollMs);
}
