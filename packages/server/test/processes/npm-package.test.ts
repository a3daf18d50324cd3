// The server as an npm package: what the tarball contains. npm-package.release.test.ts runs it.
import { existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { version } from '../../src/config/version.ts';
import { packServer } from '@rsolv/test-harness/pack-server';
import { refusalOf, run } from '@rsolv/test-harness/server-process';

const server = join(import.meta.dirname, '../..');

const stack = new AsyncDisposableStack();
let folder: string;
let files: readonly string[];
beforeAll(async () => {
  const packed = stack.use(await packServer());
  ({ files } = packed);
  folder = join(packed.folder, 'package');
  await run(['tar', '-xzf', packed.tarball, '-C', packed.folder]);
});
afterAll(() => stack.disposeAsync());

const read = (file: string) => readFile(join(folder, file), 'utf8');

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  private: z.never().optional(),
  bin: z.record(z.string(), z.string()),
  engines: z.object({ node: z.string() }),
  dependencies: z.record(z.string(), z.string()),
});
const readManifest = async () => manifestSchema.parse(JSON.parse(await read('package.json')));

it('contains JavaScript, the migrations, and what npm shows, and nothing else', () => {
  const kinds =
    /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|bin\/rsolv\.cjs|(src|shared|migrations)\/[\w/-]+\.js)$/;
  expect(files.filter((file) => !kinds.test(file))).toEqual([]);
  expect(files).toEqual(
    expect.arrayContaining([
      'README.md',
      'CHANGELOG.md',
      'LICENSE',
      'bin/rsolv.cjs',
      'src/main.js',
      'migrations/list.js',
    ]),
  );
  expect(files.some((file) => file.startsWith('shared/contract/'))).toBe(true);
});

it('has a manifest that can be published', async () => {
  const { name, version: packed, bin, engines } = await readManifest();
  const expected = {
    name: '@rsolv/server',
    packed: version,
    bin: { rsolv: 'bin/rsolv.cjs' },
    engines: { node: '>=24' },
  };
  expect({ name, packed, bin, engines }).toEqual(expected);
});

it('depends on each package that it imports, in an exact version, and on no other', async () => {
  const own = new Set<string>();
  const imported = new Set(['swagger-ui-dist']);
  for (const file of files.filter((each) => /\.c?js$/.test(each))) {
    for (const [, specifier = ''] of (await read(file)).matchAll(/(?:\b(?:from|import)\s+|\bimport\()'([^'\s(]+)'/g)) {
      if (specifier.startsWith('.')) own.add(join(dirname(file), specifier));
      else imported.add(/^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier);
    }
  }
  expect(files).toEqual(expect.arrayContaining([...own]));
  const { dependencies } = await readManifest();
  const packages = [...imported].filter((name) => !name.startsWith('node:') && !builtinModules.includes(name));
  expect(packages.toSorted()).toEqual(Object.keys(dependencies).toSorted());
  expect(Object.values(dependencies).filter((range) => !/^\d+\.\d+\.\d+$/.test(range))).toEqual([]);
});

it('runs from node_modules', async () => {
  const root = join(server, '../..');
  const sources = ['packages/server', 'packages/shared', 'migrations'].map((each) => join(root, each, 'node_modules'));
  for (const name of Object.keys((await readManifest()).dependencies)) {
    const installed = sources.map((source) => join(source, name)).find((path) => existsSync(path));
    const link = join(folder, '../node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(installed ?? '', link);
  }
  const shown = await run(['node', join(folder, 'bin/rsolv.cjs'), '--version']);
  expect(shown).toEqual({ code: 0, stdout: expect.stringContaining(version), stderr: '' });
});

it('says which Node it needs if Node is too old', async () => {
  const old = `Object.defineProperty(process.versions, 'node', { value: '20.1.0' })`;
  const preload = `data:text/javascript,${encodeURIComponent(old)}`;
  const refused = await run(['node', '--import', preload, join(folder, 'bin/rsolv.cjs'), 'serve']);
  expect(refusalOf(refused)).toBe('rsolv needs Node 24 or newer; this is 20.1.0.\n');
});

it.each(['pack', 'publish'])('npm %s fails in the repository, and says what to run instead', async (command) => {
  const packed = await run(['npm', command, '--dry-run'], {}, '', server);
  expect(packed.code).not.toBe(0);
  expect(packed.stderr).toContain('npm run server-tarball');
});
