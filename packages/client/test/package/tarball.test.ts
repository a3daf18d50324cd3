// What is published: the tarball's files, its manifest, its types. More: tarball.release.test.ts
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';

const run = promisify(execFile);
const { files, folder, tarball } = inject('strangers');
const client = join(import.meta.dirname, '../..');
const read = (path: string) => readFile(join(folder, 'node_modules/@rsolv/client', path), 'utf8');

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly exports: object;
  readonly publishConfig?: object;
}

const kinds = {
  'what npm requires': /^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  'ES modules': /^dist\/package\/[\w-]+\.mjs$/,
  'CommonJS modules': /^dist\/package\/[\w-]+\.cjs$/,
  'their types': /^dist\/package\/[\w-]+\.d\.[cm]ts$/,
  'licenses of bundled packages': /^dist\/package\/LICENSE-[\w-]+$/,
};

describe('the tarball', () => {
  it('contains only files of these kinds', () => {
    const kindOf = (path: string) => Object.values(kinds).findIndex((kind) => kind.test(path));
    expect(files.filter((path) => kindOf(path) === -1)).toEqual([]);
    expect(new Set(files.map(kindOf)).size).toBe(Object.keys(kinds).length);
    for (const path of ['README.md', 'CHANGELOG.md', 'LICENSE']) expect(files).toContain(path);
  });

  it('has a manifest that can be published and installed', async () => {
    const manifest: Manifest = JSON.parse(await read('package.json'));
    expect(manifest).toMatchObject({
      name: '@rsolv/client',
      license: 'MIT',
      engines: { node: '>=20' },
      type: 'module',
    });
    expect(manifest).not.toHaveProperty('private');
    expect(JSON.stringify(manifest)).not.toContain('workspace:');
    const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    expect(dependencies.filter((name) => /rsolv|trpc|superjson|typescript|types/.test(name))).toEqual([]);
    const source: Manifest = JSON.parse(await readFile(join(client, 'package.json'), 'utf8'));
    expect(source.publishConfig).toMatchObject({ access: 'public', exports: manifest.exports });
  });

  it('contains the license of each bundled package', async () => {
    const sources = await Promise.all(files.filter((path) => /\.[cm]js$/.test(path)).map(read));
    const names = sources.join('\n').matchAll(/\/node_modules\/@?([\w-]+)\/[^\n]*\.m?js$/gm);
    const licenses = new Set(Array.from(names, ([, name]) => `dist/package/LICENSE-${name}`));
    expect(licenses.size).toBeGreaterThan(1);
    expect([...licenses].filter((path) => !files.includes(path))).toEqual([]);
  });

  it('contains no path of this machine', async () => {
    const here = [join(client, '../..'), homedir(), tmpdir(), 'file://'];
    for (const path of files) {
      const text = await read(path);
      expect({ path, names: here.filter((each) => text.includes(each)) }).toEqual({ path, names: [] });
    }
  });

  it('passes publint', async () => {
    const checked = run('pnpm', ['exec', 'publint', 'run', '--strict', tarball], { cwd: client });
    await expect(checked).resolves.toMatchObject({ stderr: '' });
  });
});

it.each(['pack', 'publish'])('npm %s fails, and says what to run instead: it would pack no code', async (command) => {
  const packed = run('npm', [command, '--dry-run'], { cwd: client });
  await expect(packed).rejects.toMatchObject({ stderr: expect.stringContaining('npm run client-tarball') });
});

describe('the types', () => {
  it('are the same for both module systems', async () => {
    for (const path of files.filter((each) => each.endsWith('.d.mts'))) {
      expect(await read(path.replace(/mts$/, 'cts'))).toBe(await read(path));
    }
  });

  it.each(['index', 'testing'])('of %s mention nothing of the server, and are at most 48 KB', async (entry) => {
    const types = await read(`dist/package/${entry}.d.mts`);
    expect(types).toMatch(/^export \{.*\bcreate/m);
    const foreign = /@rsolv\/(?!client)|\b(AppRouter|Zod|SuperJSON|EntityManager|MikroORM|Kysely|PGlite|Express)|TRPC/;
    expect(foreign.exec(types)).toBeNull();
    // A third of them are doc comments. With the server's types in them they would have ten times that.
    expect(types.length).toBeLessThan(48 * 1024);
  });
});
