// The migrations on every supported release of PostgreSQL.
import { MikroORM } from '@mikro-orm/postgresql';
import { migrations } from '@rsolv/migrations/list';
import { retrieveInput } from '@rsolv/shared/contract/retrieve';
import { storeInput } from '@rsolv/shared/contract/store';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';
import { entities } from '../../src/entities/entities.ts';
import { setUpCustomer } from '../../src/accounts/set-up-customer.ts';
import { retrieve } from '../../src/phases/retrieve.ts';
import { store } from '../../src/phases/store.ts';
import { by, principalWith, keyRing, readerWith } from '@rsolv/test-harness/key-ring';
import { startPostgres } from '@rsolv/test-harness/postgres-server';
import { commitSha } from '@rsolv/test-harness/process-calls';

const repo = 'acme/demo';

it.concurrent.each([15, 16, 17, 18] as const)(
  'migrates PostgreSQL %i to the schema of the entities',
  async (release) => {
    await using stack = new AsyncDisposableStack();
    const postgres = stack.adopt(await startPostgres(release), (server) => server.stop());
    const url = await postgres.createDatabase();
    const database = stack.adopt(
      await openDatabase({ kind: 'postgres', url, poolSize: 2, timeoutMs: 10_000 }),
      (opened) => opened.close(),
    );
    await database.migrate();
    await database.migrate();
    expect(await database.appliedMigrations()).toEqual(migrations.map(({ name }) => name));

    const orm = stack.adopt(
      new MikroORM({ clientUrl: url, entities, schemaGenerator: { skipTables: ['migrations'] } }),
      (opened) => opened.close(),
    );
    const { rows } = await sql`select current_setting('server_version_num')::int / 10000 as release`.execute(
      database.kysely,
    );
    expect(rows).toEqual([{ release }]);
    expect(await orm.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');

    const { apiKey } = await setUpCustomer(database.fork(), keyRing, {
      by,
      customerName: 'Acme',
      forge: 'github',
      namespace: 'acme',
    });
    const data = { vulnerabilities: [{ type: 'xss' }] };
    await store(database, principalWith(apiKey), storeInput.parse({ phase: 'scan', repo, commitSha, data }));
    expect(await retrieve(database, readerWith(apiKey), retrieveInput.parse({ repo, commit: commitSha }))).toEqual({
      scan: data,
    });
  },
);
