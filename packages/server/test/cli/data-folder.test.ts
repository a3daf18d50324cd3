// The data folder of the embedded database: private, and never damaged further. Its creation: data-folder.release.test.ts
import { createServer } from 'node:http';
import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rsolv, rsolvJson, serve, type RunningServer } from '@rsolv/test-harness/cli';
import { createDataFolder } from '@rsolv/test-harness/data-folder';
import { storeScan } from '@rsolv/test-harness/process-calls';
import { makeFolder, refusalOf, firstKey } from '@rsolv/test-harness/server-process';
import { until } from '@rsolv/test-harness/until';

const namespace = 'Some-Org';
const stack = new AsyncDisposableStack();
let dataDir: string;
let env: Record<string, string>;
let server: RunningServer;

beforeAll(async () => {
  dataDir = await createDataFolder();
  env = { RSOLV_DATA_DIR: dataDir, RSOLV_NAMESPACE: namespace };
  server = stack.use(await serve(env));
});
afterAll(() => stack.disposeAsync());

it('gives the first customer only the namespace that RSOLV_NAMESPACE names', async () => {
  expect(server.stdout).toContain(`with the GitHub namespace ${namespace} and`);
  const access = { url: server.url, apiKey: firstKey(server) };
  expect(await storeScan(access, `${namespace}/demo`, {})).toMatchObject({ status: 200 });
  expect(await storeScan(access, 'RSOLV-dev/demo', {})).toMatchObject({ status: 403 });
});

it('keeps the pepper for API keys readable for its owner only', async () => {
  const { mode } = await stat(join(dataDir, 'key-pepper'));
  expect(mode & 0o777).toBe(0o600);
});

it('is made private where it was open to others, and follows no links', async () => {
  await using open = await makeFolder();
  await chmod(open.path, 0o755);
  await writeFile(join(open.path, 'elsewhere'), 'untouched');
  await symlink(join(open.path, 'elsewhere'), join(open.path, 'holder.txt'));
  expect(refusalOf(await rsolv(['customer', 'create', 'Acme'], { RSOLV_DATA_DIR: open.path }))).toMatch(/holder\.txt/);
  expect(await readFile(join(open.path, 'elsewhere'), 'utf8')).toBe('untouched');
  expect((await stat(open.path)).mode & 0o777).toBe(0o700);
});

it.each([
  ['is cut off', (file: string) => writeFile(file, 'cut off')],
  ['is a link', (file: string) => symlink('/etc/passwd', file)],
])('is rejected by serve where the pepper %s', async (_name, damage) => {
  const damaged = await createDataFolder();
  await rm(join(damaged, 'key-pepper'), { force: true });
  await damage(join(damaged, 'key-pepper'));
  const refused = await rsolv(['serve'], { RSOLV_DATA_DIR: damaged, PORT: '0' });
  expect(refusalOf(refused)).toMatch(/key-pepper is damaged. Restore it from a backup/);
});

it('is free again after a start that failed because the port was in use', async () => {
  expect(await server.stop()).toBe(0);
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

describe('with a damaged database', () => {
  it.each([
    ['without its version', 'PG_VERSION', undefined],
    ['whose control file is empty', 'global/pg_control', ''],
    ['whose log is missing', 'pg_wal/000000010000000000000001', undefined],
    ['whose catalog is overwritten', 'base/5/1259', 'x'.repeat(8192)],
  ])('is rejected in one line and left as it is: %s', async (_name, file, text) => {
    const damaged = await createDataFolder();
    const path = join(damaged, 'database', file);
    await rm(path);
    if (text !== undefined) await writeFile(path, text);
    const refused = await rsolv(['customer', 'list'], { RSOLV_DATA_DIR: damaged });
    expect(refusalOf(refused)).toMatch(`The database in ${damaged} can't be opened: its files are damaged`);
    expect(refused.stderr).toContain('Restore a backup');
    expect(await readFile(path, 'utf8').catch(() => undefined)).toBe(text);
  });

  it('is created again where its creation was interrupted', async () => {
    await using folder = await makeFolder();
    await mkdir(join(folder.path, 'database/base'), { recursive: true });
    await writeFile(join(folder.path, 'database/PG_VERSION'), '18\n');
    await writeFile(join(folder.path, 'database.unfinished'), '');
    const unfinished = { RSOLV_DATA_DIR: folder.path };
    expect(refusalOf(await rsolv(['customer', 'list'], unfinished))).toMatch('There is no database in');
    expect(await rsolv(['migrate'], unfinished)).toMatchObject({ code: 0, stderr: '' });
    expect(await rsolvJson(['customer', 'list'], unfinished)).toEqual([]);
    expect(await rsolvJson(['customer', 'list'], unfinished)).toEqual([]);
  });
});

describe('at an unusable path', () => {
  it.each([
    ['a file', 'file', 'file'],
    ['a folder inside a file', 'file', 'file/folder'],
    ['a folder whose lock is a folder', 'odd/lock/x', 'odd'],
    ['a folder whose lock is another file', 'strange/lock', 'strange'],
    ['a folder whose database is a file', 'other/database', 'other'],
  ])('is rejected in one line: %s', async (_name, file, unusable) => {
    await using parent = await makeFolder();
    await mkdir(join(parent.path, file, '..'), { recursive: true });
    await writeFile(join(parent.path, file), 'not written by the platform');
    const path = join(parent.path, unusable);
    expect(refusalOf(await rsolv(['customer', 'create', 'Acme'], { RSOLV_DATA_DIR: path }))).toMatch(path);
  });

  it('is rejected in one line: a file system that can not contain it', async () => {
    expect(refusalOf(await rsolv(['customer', 'create', 'Acme'], { RSOLV_DATA_DIR: '/proc/a/b' }))).toMatch('/proc/a');
  });
});
