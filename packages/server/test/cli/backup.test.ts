// Backups of the embedded database. A backup contains each store that was answered before, once, and a server starts on it
// as on the original.
import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';
import { rsolv, rsolvJson, serve, type RunningServer } from '@rsolv/test-harness/cli';
import { createDataFolder } from '@rsolv/test-harness/data-folder';
import { pauseWrites } from '@rsolv/test-harness/pause-writes';
import { callRoute, retrieveAll, storeScan, type Access } from '@rsolv/test-harness/process-calls';
import { makeFolder, refusalOf, firstKey } from '@rsolv/test-harness/server-process';
import { until } from '@rsolv/test-harness/until';
import { answered, startWriters } from '@rsolv/test-harness/writers';

const repo = 'RSOLV-dev/demo';
let folder: Awaited<ReturnType<typeof makeFolder>>;
let env: { RSOLV_DATA_DIR: string };
let server: RunningServer;
let access: Access;

beforeAll(async () => {
  folder = await makeFolder();
  env = { RSOLV_DATA_DIR: path('data') };
  await rename(await createDataFolder(), env.RSOLV_DATA_DIR);
  server = await serve(env);
  access = { url: server.url, apiKey: firstKey(server) };
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const path = (name: string) => join(folder.path, name);

it('backup copies the database at one moment while the server goes on', async () => {
  const writers = startWriters(access, repo);
  await until('stores', () => answered(writers.attempts).length > 30 || undefined);
  const before = [...answered(writers.attempts)];
  const { code, stdout, stderr } = await rsolv(['backup', path('copy')], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    new RegExp(`^Backed up \\d+ MB to ${path('copy')}\\..*RSOLV_DATA_DIR='${path('copy')}' .* serve\\n$`, 's'),
  );
  const after = answered(writers.attempts).length;
  await until('stores', () => answered(writers.attempts).length > after + 30 || undefined);
  await writers.stop();
  expect(writers.attempts.filter(({ status }) => status !== 200)).toEqual([]);

  expect((await readdir(path('copy'))).toSorted()).toEqual(['database', 'key-pepper']);
  expect((await stat(path('copy'))).mode & 0o777).toBe(0o700);
  const database = await openDatabase({ kind: 'embedded', dataDir: path('copy') });
  const rows = await database.kysely.selectFrom('scan_executions').select(['id', 'commit_sha']).execute();
  const events = database.kysely.deleteFrom('audit_events').execute();
  await expect(events).rejects.toThrow(/append-only/);
  await database.close();
  const found = new Map(rows.map(({ id, commit_sha }) => [id, commit_sha]));
  expect(before.filter(({ id = '', commit }) => found.get(id) !== commit)).toEqual([]);
  expect(new Set(found.values()).size).toBe(rows.length);

  await using restored = await serve({ RSOLV_DATA_DIR: path('copy') });
  const copy = { ...access, url: restored.url };
  expect(await callRoute(copy, '/health/ready')).toMatchObject({ status: 200 });
  const [first] = before;
  expect((await retrieveAll(copy, repo, first?.commit)).body).toEqual({ scan: { commit: first?.commit } });
  expect(await storeScan(copy, repo, { only: 'in the copy' })).toMatchObject({ status: 200 });
  expect((await retrieveAll(access, repo)).body).toEqual({});
});

it('backup rejects what it can not copy, or where it can not write', async () => {
  expect(refusalOf(await rsolv(['backup', folder.path], env))).toMatch(/already exists/);
  expect(refusalOf(await rsolv(['backup', path('data/inside')], env))).toMatch(/lies in the data folder/);
  expect(refusalOf(await rsolv(['backup', '/proc/nothing/here'], env))).toMatch(/can't be written/);
  expect(refusalOf(await rsolv(['backup', path('of-nothing')], { RSOLV_DATA_DIR: path('nothing') }))).toMatch(
    /There is no database in/,
  );
  const DATABASE_URL = 'postgresql://nobody:secret@127.0.0.1:1/nothing';
  const refused = await rsolv(['backup', path('of-postgres')], { DATABASE_URL });
  expect(refusalOf(refused)).toMatch(/pg_dump/);
  expect(refused.stderr).not.toContain('secret');
  expect((await readdir(folder.path)).toSorted()).toEqual(['copy', 'data']);
});

it('backup works without a server, and replaces what an interrupted backup left behind', async () => {
  expect(await server.stop()).toBe(0);
  const left = await rsolvJson(['backup', path('again')], env);
  expect(left).toMatchObject({ folder: path('again'), bytes: expect.any(Number) });
  expect(await rsolvJson(['customer', 'list'], { RSOLV_DATA_DIR: path('again') })).toMatchObject([{ name: 'local' }]);
});

it('a server stops while a backup keeps its files unchanged', async () => {
  await using other = await serve(env);
  const copying = await pauseWrites(env.RSOLV_DATA_DIR);
  expect(await other.stop()).toBe(0);
  copying.destroy();
});

it('backup of a data folder whose path is too long for a socket works with and without a server', async () => {
  const long = { RSOLV_DATA_DIR: path('x'.repeat(120)) };
  await rename(path('again'), long.RSOLV_DATA_DIR);
  await using other = await serve(long);
  expect(await rsolv(['backup', path('beside')], long)).toMatchObject({ code: 0, stderr: '' });
  expect(await other.stop()).toBe(0);
  expect(await rsolv(['backup', path('long')], long)).toMatchObject({ code: 0 });
});
