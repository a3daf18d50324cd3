// The migrations create the schema that the entities describe, on each database.
import { Migrator } from '@mikro-orm/migrations';
import { SqlSchemaGenerator } from '@mikro-orm/sql';
import { migrations } from '@rsolv/migrations/list';
import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { openTestDatabase } from '@rsolv/test-harness/platform';

const database = await openTestDatabase();
afterAll(() => database.close());

const names = async (column: 'tablename' | 'indexname', from: 'pg_tables' | 'pg_indexes') => {
  const { rows } = await sql<{ name: string }>`
    select ${sql.ref(column)} as name from ${sql.table(from)} where schemaname = 'public' order by 1`.execute(
    database.kysely,
  );
  return rows.map(({ name }) => name);
};

const difference = () => new SqlSchemaGenerator(database.fork()).getUpdateSchemaSQL({ wrap: false });

it('migrates to the schema of the entities', async () => {
  expect((await difference()).trim()).toBe('');
});

it('applies every migration once', async () => {
  const all = migrations.map(({ name }) => name);
  expect(await database.appliedMigrations()).toEqual(all);
  await database.migrate();
  expect(await database.appliedMigrations()).toEqual(all);
});

it('has exactly the expected tables', async () => {
  expect(await names('tablename', 'pg_tables')).toEqual([
    'api_keys',
    'audit_events',
    'customers',
    'forge_accounts',
    'idempotency_keys',
    'installation',
    'migrations',
    'mitigation_executions',
    'repositories',
    'scan_executions',
    'used_id_tokens',
    'validation_executions',
  ]);
});

it('has the indexes of the lookups', async () => {
  expect(await names('indexname', 'pg_indexes')).toEqual(
    expect.arrayContaining([
      'api_keys_key_hash_unique',
      'audit_events_customer_action_index',
      'audit_events_customer_index',
      'audit_events_refused_index',
      'forge_accounts_verified_namespace_unique',
      'mitigation_executions_commit_index',
      'mitigation_executions_issue_index',
      'repositories_path_unique',
      'scan_executions_commit_index',
      'validation_executions_commit_index',
      'validation_executions_issue_index',
    ]),
  );
});

describe('finds the latest execution by an index, without a sort', () => {
  it.each([
    ['scan_executions', 'commit_sha', 'abc', 'scan_executions_commit_index'],
    ['validation_executions', 'issue_number', 1, 'validation_executions_issue_index'],
    ['mitigation_executions', 'issue_number', 1, 'mitigation_executions_issue_index'],
  ])('%s by %s', async (table, column, value, index) => {
    const plan = await database.kysely.connection().execute(async (connection) => {
      await sql`set enable_seqscan = off`.execute(connection);
      const id = '01890000-0000-7000-8000-000000000000';
      const { rows } = await sql<Record<string, string>>`
        explain select data from ${sql.table(table)}
        where customer_id = ${id} and repository_id = ${id} and ${sql.ref(column)} = ${value} and status = 'completed'
        order by completed_at desc, id desc limit 1`.execute(connection);
      await sql`reset enable_seqscan`.execute(connection);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).toContain(index);
    expect(plan).not.toContain('Sort');
  });
});

// Must run last, because it drops every table.
it('reverts and reapplies all migrations', async () => {
  const migrator = new Migrator(database.fork());
  const tables = await names('tablename', 'pg_tables');
  await migrator.down({ to: 0 });
  expect(await names('tablename', 'pg_tables')).toEqual(['migrations']);
  expect(await database.appliedMigrations()).toEqual([]);
  expect(await difference()).toContain('create table "customers"');
  await database.migrate();
  expect(await names('tablename', 'pg_tables')).toEqual(tables);
  expect((await difference()).trim()).toBe('');
});
