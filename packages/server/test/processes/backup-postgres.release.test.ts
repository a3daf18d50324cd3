// A backup by PostgreSQL's own tools: the restored database serves the platform as before.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/postgresql';
import { ApiKeyUnknownError } from '@rsolv/shared/errors/access-errors';
import { retrieveInput } from '@rsolv/shared/contract/retrieve';
import { storeInput } from '@rsolv/shared/contract/store';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { makeKeyRing } from '../../src/access/key-ring.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { entities } from '../../src/entities/entities.ts';
import { setUpCustomer } from '../../src/accounts/set-up-customer.ts';
import { retrieve } from '../../src/phases/retrieve.ts';
import { store } from '../../src/phases/store.ts';
import { blocksOf, readDocument } from '@rsolv/test-harness/documents';
import { installed } from '@rsolv/test-harness/installed';
import { by, principalWith, keyRing, readerWith } from '@rsolv/test-harness/key-ring';
import { startPostgres } from '@rsolv/test-harness/postgres-server';
import { run } from '@rsolv/test-harness/server-process';

const dump = installed('pg_dump');

/** The commands that docs/operate/backup.md gives. */
const [block] = blocksOf(await readDocument('docs/operate/backup.md'));
const commands = block?.text.split('\n') ?? [];

/** The release of the installed tools. A server of the same release can restore what they write. */
const release = async () => {
  const version = dump === undefined ? '' : (await run([dump, '--version'])).stdout;
  return ([15, 16, 17, 18] as const).find((each) => version.includes(` ${each}.`));
};
const installedRelease = await release();

const postgresAt = (url: string) => ({ kind: 'postgres', url, poolSize: 2, timeoutMs: 10_000 }) as const;
const scan = storeInput.parse({ phase: 'scan', repo: 'acme/demo', commitSha: 'c', data: { found: ['ä', 1.5] } });
const asked = retrieveInput.parse({ repo: 'acme/demo', commit: 'c' });

describe.skipIf(installedRelease === undefined)(
  'where pg_dump and pg_restore of a supported release are installed',
  () => {
    it('a dump restored into another PostgreSQL has the same data, API keys, events and schema', async () => {
      await using stack = new AsyncDisposableStack();
      const folder = stack.adopt(await mkdtemp(join(tmpdir(), 'rsolv-backup-')), (path) =>
        rm(path, { recursive: true }),
      );
      const start = async () => stack.adopt(await startPostgres(installedRelease ?? 18), (server) => server.stop());
      const [here, there] = await Promise.all([start(), start()]);
      const from = await here.createDatabase();
      const original = stack.adopt(await openDatabase(postgresAt(from)), (opened) => opened.close());
      await original.migrate();
      const acme = { by, customerName: 'Acme', forge: 'github', namespace: 'acme' } as const;
      const { apiKey } = await setUpCustomer(original.fork(), keyRing, acme);
      const caller = principalWith(apiKey);
      const reader = readerWith(apiKey);
      await store(original, caller, scan);

      const [dumpCommand = '', restoreCommand = ''] = commands;
      const env = { DATABASE_URL: from, EMPTY_DATABASE_URL: await there.createDatabase() };
      const dumped = await run(['bash', '-c', dumpCommand], env, '', folder);
      await store(original, caller, { ...scan, commitSha: 'later' });
      const restored = await run(['bash', '-c', restoreCommand], env, '', folder);
      expect([dumped, restored]).toEqual([0, 0].map((code) => ({ code, stdout: '', stderr: '' })));

      const copy = stack.adopt(await openDatabase(postgresAt(env.EMPTY_DATABASE_URL)), (opened) => opened.close());
      await copy.migrate();
      expect(await copy.appliedMigrations()).toEqual(await original.appliedMigrations());
      const orm = stack.adopt(
        new MikroORM({ clientUrl: env.EMPTY_DATABASE_URL, entities, schemaGenerator: { skipTables: ['migrations'] } }),
        (opened) => opened.close(),
      );
      expect(await orm.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
      expect(await retrieve(copy, reader, asked)).toEqual({ scan: scan.data });
      expect(await retrieve(copy, reader, { ...asked, commitSha: 'later' })).toEqual({});
      expect(await store(copy, caller, { ...scan, commitSha: 'after' })).toMatchObject({ success: true });
      const events = copy.kysely.selectFrom('audit_events').select('action').orderBy('id');
      expect((await events.execute()).filter(({ action }) => action === 'phase.store')).toHaveLength(2);
      for (const change of ['delete from audit_events', 'truncate audit_events']) {
        await expect(sql.raw(change).execute(copy.kysely)).rejects.toThrow('append-only');
      }

      // A dump does not contain the pepper.
      const otherRing = makeKeyRing(['some other pepper than that of before']);
      const principal = principalWith(apiKey, otherRing);
      await expect(retrieve(copy, { ...reader, principal }, asked)).rejects.toThrow(ApiKeyUnknownError);
    });
  },
);
