// A data folder of an earlier release has to open, after a crash too.
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { PGlite as EarlierPglite } from 'pglite-0.5.8';
import { expect, inject, it } from 'vitest';
import { makeFolder } from '@rsolv/test-harness/server-process';
import { openDatabase } from '../../src/database/open-database.ts';

it.skipIf(inject('database') !== 'pglite')(
  'opens a data folder of PGlite 0.5.8 with every row, whether it was closed or its process killed',
  async () => {
    await using folder = await makeFolder();
    const path = (end: string) => join(folder.path, end);
    mkdirSync(path('original'));
    const earlier = await EarlierPglite.create({ dataDir: join(path('original'), 'database') });
    await earlier.exec('create table kept (id int primary key, data jsonb)');
    await earlier.query(`insert into kept select id, jsonb_build_object('id', id) from generate_series(1, 1000) as id`);
    // The files of an open database are those that a killed process leaves behind.
    cpSync(path('original'), path('killed'), { recursive: true });
    await earlier.close();
    cpSync(path('original'), path('closed'), { recursive: true });

    for (const end of ['killed', 'closed']) {
      const database = await openDatabase({ kind: 'embedded', dataDir: path(end) });
      await database.migrate();
      const { rows } = await sql`
        select count(*)::int as count, sum((data ->> 'id')::int)::int as sum from kept`.execute(database.kysely);
      await database.close();
      expect(rows).toEqual([{ count: 1000, sum: 500_500 }]);
    }
  },
  // initdb of the earlier PGlite takes most of it.
  120_000,
);
