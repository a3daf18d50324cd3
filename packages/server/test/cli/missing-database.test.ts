// Only commands that create first records create a database. The others say where they looked for it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rsolv, rsolvJson } from '@rsolv/test-harness/cli';
import { makeFolder, refusalOf } from '@rsolv/test-harness/server-process';
import { createEmptyDatabase } from '@rsolv/test-harness/shared-postgres';
import { Client } from 'pg';

const acme = ['--customer', 'Acme'];
const apiKeyId = '019ad6f0-0000-7000-8000-000000000000';

const commands: string[][] = [
  ['customer', 'list'],
  ['customer', 'deactivate', 'Acme'],
  ['customer', 'activate', 'Acme'],
  ['key', 'list'],
  ['key', 'create', ...acme],
  ['key', 'import', ...acme, '--api-key', 'a-key-from-elsewhere'],
  ['key', 'rotate', apiKeyId],
  ['key', 'revoke', apiKeyId],
  ['forge', 'list'],
  ['forge', 'add', ...acme, '--namespace', 'acme'],
  ['forge', 'verify', ...acme, '--namespace', 'acme'],
  ['forge', 'remove', ...acme, '--namespace', 'acme'],
  ['audit'],
  ['pepper', 'replace', '--invalidate-keys'],
];

it.concurrent('embedded: no other command creates a data folder', async () => {
  await using folder = await makeFolder();
  const env = { RSOLV_DATA_DIR: join(folder.path, 'nothing') };
  for (const command of [...commands, ['backup', join(folder.path, 'copy')]]) {
    const message = refusalOf(await rsolv(command, env));
    expect(message).toMatch(`There is no database in ${env.RSOLV_DATA_DIR} (from RSOLV_DATA_DIR). Set DATABASE_URL`);
    expect(message).toMatch(/ setup --customer NAME --namespace OWNER\n$/);
  }
  expect(existsSync(env.RSOLV_DATA_DIR)).toBe(false);
});

it.concurrent('PostgreSQL: no other command creates tables', async () => {
  const env = { DATABASE_URL: await createEmptyDatabase() };
  const { pathname, port, password } = new URL(env.DATABASE_URL);
  for (const command of commands) {
    const message = refusalOf(await rsolv(command, env));
    expect(message).toContain(
      `database "${pathname.slice(1)}" at 127.0.0.1:${port}, from DATABASE_URL, has no tables of`,
    );
    expect(message).not.toContain(`:${password}@`);
  }
  const client = new Client({ connectionString: env.DATABASE_URL });
  await client.connect();
  const { rows } = await client.query(
    `select from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  await client.end();
  expect(rows).toEqual([]);
  await rsolvJson(['customer', 'create', 'Acme'], env);
  expect(await rsolvJson(['customer', 'list'], env)).toMatchObject([{ name: 'Acme' }]);
});
