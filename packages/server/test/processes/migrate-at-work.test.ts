// Migrations while servers work: no store waits long for them, however long they wait themselves.
import type { Constructor } from '@mikro-orm/core';
import { MikroORM } from '@mikro-orm/postgresql';
import { Migration, Migrator } from '@mikro-orm/migrations';
import { Client } from 'pg';
import { afterAll, expect, it } from 'vitest';
import { storeInput } from '@rsolv/shared/contract/store';
import { openDatabase } from '../../src/database/open-database.ts';
import { entities } from '../../src/entities/entities.ts';
import { setUpCustomer } from '../../src/accounts/set-up-customer.ts';
import { asOnlineMigration, migrate, withMigrationLock } from '../../src/database/migrate.ts';
import { store } from '../../src/phases/store.ts';
import { by, principalWith, keyRing } from '@rsolv/test-harness/key-ring';
import { createEmptyDatabase } from '@rsolv/test-harness/shared-postgres';
import { until } from '@rsolv/test-harness/until';

const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());

const url = await createEmptyDatabase();
const open = async () =>
  stack.adopt(await openDatabase({ kind: 'postgres', url, poolSize: 5, timeoutMs: 10_000 }), (opened) =>
    opened.close(),
  );
const database = await open();
await database.migrate();
const { apiKey, customerId } = await setUpCustomer(database.fork(), keyRing, {
  by,
  customerName: 'Acme',
  forge: 'github',
  namespace: 'acme',
});
const input = storeInput.parse({ phase: 'scan', repo: 'acme/demo', commitSha: 'c', data: {} });
const storeOne = () => store(database, principalWith(apiKey), input);

const connect = async () => {
  const client = stack.adopt(new Client({ connectionString: url }), (opened) => opened.end());
  await client.connect();
  return client;
};
/** The connection of a long transaction. */
const backup = await connect();
const watcher = await connect();

/** Waits until such a statement waits for a lock. */
const untilWaiting = (statement: string) =>
  until('a wait', async () => {
    const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and query ilike '${statement}%' and datname = current_database()`;
    return (await watcher.query(waiting)).rowCount === 0 ? undefined : true;
  });

/** Migrates the schema as a server does whose newest migration this is. */
const bringUpToDate = (name: string, newest: Constructor<Migration>) => {
  const orm = stack.adopt(
    new MikroORM({
      clientUrl: url,
      entities,
      extensions: [Migrator],
      logger: () => {},
      migrations: {
        tableName: 'migrations',
        migrationsList: [{ name, class: asOnlineMigration(newest) }],
        snapshot: false,
        allOrNothing: false,
      },
    }),
    (opened) => opened.close(),
  );
  return withMigrationLock(database.kysely, () => migrate(orm.migrator));
};

it('a migration that waits for a table lets stores that use it go first', async () => {
  class AddColumn extends Migration {
    override up() {
      this.addSql('alter table "forge_accounts" add column "of_this_test" int');
    }
  }
  await backup.query('begin; lock table forge_accounts in access share mode');
  const migrated = bringUpToDate('Migration29980101000000', AddColumn);
  await untilWaiting('alter table');
  // It needs the table that the migration waits for, and comes after it.
  expect(await storeOne()).toMatchObject({ success: true });
  await backup.query('commit');
  await migrated;
  expect(await storeOne()).toMatchObject({ success: true });
});

it('one of several servers builds an index, beside stores and a long transaction, also after a failure', async () => {
  class BuildIndex extends Migration {
    override isTransactional() {
      return false;
    }

    override up() {
      this.addSql(
        'create unique index concurrently "one_for_each_test" on "scan_executions" ("customer_id", "commit_sha")',
      );
    }
  }
  const build = () => bringUpToDate('Migration29990101000000', BuildIndex);
  const valid = async () =>
    (await watcher.query<object>("select indisvalid from pg_index where indexrelid = to_regclass('one_for_each_test')"))
      .rows;

  await expect(build()).rejects.toThrow('could not create unique index');
  expect(await valid()).toEqual([{ indisvalid: false }]);
  await backup.query('delete from scan_executions where customer_id = $1', [customerId]);

  await backup.query('begin isolation level repeatable read; select from customers');
  const built = Promise.all([build(), build()]);
  await untilWaiting('create unique index concurrently');
  expect(await storeOne()).toMatchObject({ success: true });
  await backup.query('commit');
  await built;
  expect(await valid()).toEqual([{ indisvalid: true }]);
  await expect(storeOne()).rejects.toThrow('one_for_each_test');
});
