// One process at a time on a data folder, and nothing that was answered is lost, however that process ends.
import { createServer } from 'node:http';
import { chmod, cp, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeScan } from '@rsolv/test-harness/process-calls';
import {
  refusalOf,
  makeFolder,
  rsolv,
  rsolvJson,
  serve,
  shownKey,
  type Outcome,
  type ServerProcess,
} from '@rsolv/test-harness/server-process';
import { stopDuringUpload } from '@rsolv/test-harness/stop-during-upload';
import { until } from '@rsolv/test-harness/until';

const namespace = 'Some-Org';
let folder: Awaited<ReturnType<typeof makeFolder>>;
/** Has a database in its folder `data`, which nobody opens any more. */
let whole: Awaited<ReturnType<typeof makeFolder>>;
let env: Record<string, string>;
let server: ServerProcess;
let apiKey: string;
let migrated: Outcome;
let listed: Outcome;

beforeAll(async () => {
  folder = await makeFolder();
  env = { RSOLV_DATA_DIR: join(folder.path, 'made', 'on', 'the', 'way'), RSOLV_NAMESPACE: namespace };
  migrated = await rsolv(['migrate'], env);
  whole = await makeFolder();
  await cp(env['RSOLV_DATA_DIR'] ?? '', join(whole.path, 'data'), { recursive: true });
  listed = await rsolv(['customer', 'list'], env);
  server = await serve(env);
  apiKey = shownKey(server);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
  await whole[Symbol.asyncDispose]();
});

it('is made by whichever command comes first', () => {
  expect({ migrated, listed }).toEqual({
    migrated: {
      code: 0,
      stdout: expect.stringMatching(/^The schema is up to date: \d+ .*Migration\d+.*\n$/),
      stderr: '',
    },
    listed: { code: 0, stdout: expect.stringMatching(/^There are no customers yet.*rsolv setup\n$/), stderr: '' },
  });
});

it('gives the first customer the namespace that RSOLV_NAMESPACE names, and no other', async () => {
  expect(server.stdout).toContain(`holds the GitHub namespace ${namespace}.`);
  const access = { url: server.url, apiKey };
  expect(await storeScan(access, `${namespace}/demo`, {})).toMatchObject({ status: 200 });
  expect(await storeScan(access, 'RSOLV-dev/demo', {})).toMatchObject({ status: 403 });
});

it.concurrent('keeps its pepper for API keys where nobody else can read it', async () => {
  const { mode } = await stat(join(env['RSOLV_DATA_DIR'] ?? '', 'key-pepper'));
  expect(mode & 0o777).toBe(0o600);
});

it.concurrent('keeps others out, also of a folder that was open to them, and follows no links', async () => {
  await using open = await makeFolder();
  await chmod(open.path, 0o755);
  await writeFile(join(open.path, 'elsewhere'), 'untouched');
  await symlink(join(open.path, 'elsewhere'), join(open.path, 'holder.txt'));
  expect(refusalOf(await rsolv(['customer', 'list'], { RSOLV_DATA_DIR: open.path }))).toMatch(/holder\.txt/);
  expect(await readFile(join(open.path, 'elsewhere'), 'utf8')).toBe('untouched');
  expect((await stat(open.path)).mode & 0o777).toBe(0o700);
});

it.concurrent.each([
  ['is cut off', (file: string) => writeFile(file, 'cut off')],
  ['is a link', (file: string) => symlink('/etc/passwd', file)],
])('says so where the pepper %s', async (_name, damage) => {
  await using damaged = await makeFolder();
  await cp(join(whole.path, 'data'), damaged.path, { recursive: true });
  await damage(join(damaged.path, 'key-pepper'));
  const refused = await rsolv(['serve'], { RSOLV_DATA_DIR: damaged.path, PORT: '0' });
  expect(refusalOf(refused)).toMatch(/key-pepper is damaged. Restore it from a backup/);
});

it.concurrent.each([['serve'], ['customer list']])('refuses "rsolv %s" while a server holds it', async (command) => {
  const refused = await rsolv(command.split(' '), { ...env, PORT: '0' });
  expect(refusalOf(refused)).toMatch(
    `The data folder ${env['RSOLV_DATA_DIR']} is in use by process ${server.pid} (rsolv serve)`,
  );
});

it('is free again after SIGTERM, which lets the request under way finish', async () => {
  const scan = { url: server.url, apiKey, repo: `${namespace}/unfinished` };
  expect(await stopDuringUpload(server, 'SIGTERM', scan)).toMatchObject({ status: 200, code: 0 });
  expect(await rsolvJson(['customer', 'list'], env)).toMatchObject([{ name: 'local' }]);
});

it('is free again after a start that found the port taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  const port = await until('a port', () => {
    const address = other.address();
    return typeof address === 'object' ? address?.port : undefined;
  });
  const refused = await rsolv(['serve'], { ...env, PORT: `${port}` });
  other.close();
  expect(refusalOf(refused)).toMatch(`${port}`);
  expect(refused.stderr).toMatch(/127\.0\.0\.1.*taken.*PORT/);
  expect(await rsolvJson(['customer', 'list'], env)).toMatchObject([{ name: 'local' }]);
});

describe('a database that is damaged', () => {
  it.each([
    ['without its version', 'PG_VERSION', undefined],
    ['whose control file is empty', 'global/pg_control', ''],
    ['whose log is gone', 'pg_wal/000000010000000000000001', undefined],
    ['whose catalogue is something else', 'base/5/1259', 'x'.repeat(8192)],
  ])('is told in one line, and left as it is: %s', async (_name, file, text) => {
    const dataDir = join(whole.path, file.replaceAll('/', '-'));
    await cp(join(whole.path, 'data'), dataDir, { recursive: true });
    const path = join(dataDir, 'database', file);
    await rm(path);
    if (text !== undefined) await writeFile(path, text);
    const refused = await rsolv(['customer', 'list'], { RSOLV_DATA_DIR: dataDir });
    expect(refusalOf(refused)).toMatch(`The database in ${dataDir} can't be opened: its files are damaged`);
    expect(refused.stderr).toContain('Restore a backup');
    expect(await readFile(path, 'utf8').catch(() => undefined)).toBe(text);
  });

  it('is made anew where it was never finished', async () => {
    const dataDir = join(whole.path, 'unfinished');
    await mkdir(join(dataDir, 'database/base'), { recursive: true });
    await writeFile(join(dataDir, 'database/PG_VERSION'), '18\n');
    await writeFile(join(dataDir, 'database.unfinished'), '');
    expect(await rsolvJson(['customer', 'list'], { RSOLV_DATA_DIR: dataDir })).toEqual([]);
    expect(await rsolvJson(['customer', 'list'], { RSOLV_DATA_DIR: dataDir })).toEqual([]);
  });
});

describe('a folder that is none', () => {
  it.concurrent.each([
    ['a file', 'file', 'file'],
    ['a folder inside a file', 'file', 'file/folder'],
    ['a folder whose lock is a folder', 'odd/lock/x', 'odd'],
    ['a folder whose lock is no lock', 'strange/lock', 'strange'],
    ['a folder whose database is a file', 'other/database', 'other'],
  ])('is told in one line: %s', async (_name, file, dataDir) => {
    await using parent = await makeFolder();
    await mkdir(join(parent.path, file, '..'), { recursive: true });
    await writeFile(join(parent.path, file), 'something else than the platform has put there');
    const path = join(parent.path, dataDir);
    expect(refusalOf(await rsolv(['customer', 'list'], { RSOLV_DATA_DIR: path }))).toMatch(path);
  });

  it.concurrent('is told in one line: a place that can hold none', async () => {
    expect(refusalOf(await rsolv(['customer', 'list'], { RSOLV_DATA_DIR: '/proc/a/b' }))).toMatch('/proc/a');
  });
});
