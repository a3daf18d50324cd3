// A release as `changeset version` makes it, in a copy of the repository. Nothing is published.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const run = promisify(execFile);

interface Manifest {
  readonly version: string;
  readonly private?: boolean;
}

async function readManifest(path: string): Promise<Manifest> {
  const manifest: Manifest = JSON.parse(await readFile(path, 'utf8'));
  return manifest;
}

/** Copies what `changeset version` reads. */
async function copyManifests() {
  const folder = await mkdtemp(join(tmpdir(), 'rsolv-release-'));
  for (const path of [
    'package.json',
    'pnpm-workspace.yaml',
    '.changeset',
    'packages',
    'migrations',
    'bench',
    'examples',
  ]) {
    const filter = (source: string) => !/\/(node_modules|dist|src|test)$/.test(source);
    await cp(join(root, path), join(folder, path), { recursive: true, filter });
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

describe('changeset version', () => {
  it('raises the versions of client and server, and adds the pending changesets to their CHANGELOGs', async () => {
    await using copy = await copyManifests();
    for (const name of ['client', 'server']) {
      const changeset = `---\n'@rsolv/${name}': major\n---\n\nThe ${name} changed.\n`;
      await writeFile(join(copy.folder, `.changeset/${name}-change.md`), changeset);
    }

    await run(join(root, 'node_modules/.bin/changeset'), ['version'], { cwd: copy.folder });

    for (const name of ['client', 'server']) {
      const path = `packages/${name}/package.json`;
      const before = await readManifest(join(root, path));
      const version = `${Number(before.version.split('.')[0]) + 1}.0.0`;
      expect(await readManifest(join(copy.folder, path))).toEqual({ ...before, version });
      const changelog = await readFile(join(copy.folder, `packages/${name}/CHANGELOG.md`), 'utf8');
      expect(changelog).toMatch(
        new RegExp(`^# @rsolv/${name}\n\n## ${version}\n\n### Major Changes\n\n.*- The ${name} changed\\.`, 's'),
      );
      expect(changelog).toContain(`\n## ${before.version}\n`);
    }
    for (const path of ['packages/shared', 'packages/test-harness', 'migrations', 'examples/typed-client']) {
      const manifest = `${path}/package.json`;
      expect(await readManifest(join(copy.folder, manifest))).toEqual(await readManifest(join(root, manifest)));
    }
  });

  it.each(['client', 'server'])('has left the current version in the CHANGELOG of the %s', async (name) => {
    const { version } = await readManifest(join(root, `packages/${name}/package.json`));
    const changelog = await readFile(join(root, `packages/${name}/CHANGELOG.md`), 'utf8');
    expect(/^## (\S+)$/m.exec(changelog)?.[1]).toBe(version);
  });
});
