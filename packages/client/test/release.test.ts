// A release as `changeset version` makes it, in a copy: what waits in .changeset can be read, and the client alone gets
// a version. Nothing is published.
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

/** What `changeset version` needs of the repository. */
async function copyManifests() {
  const folder = await mkdtemp(join(tmpdir(), 'rsolv-release-'));
  for (const path of ['package.json', 'pnpm-workspace.yaml', '.changeset', 'packages', 'migrations', 'examples']) {
    const filter = (source: string) => !/\/(node_modules|dist|src|test)$/.test(source);
    await cp(join(root, path), join(folder, path), { recursive: true, filter });
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

describe('a release', () => {
  it('gives the client the next version, with what waits in .changeset at the top of its CHANGELOG', async () => {
    await using copy = await copyManifests();
    const client = join(copy.folder, 'packages/client');
    const before = await readManifest(join(client, 'package.json'));
    await writeFile(join(client, 'package.json'), JSON.stringify({ ...before, private: false }));
    await writeFile(join(copy.folder, '.changeset/a-change.md'), "---\n'@rsolv/client': major\n---\n\nIt changed.\n");

    await run(join(root, 'node_modules/.bin/changeset'), ['version'], { cwd: copy.folder });

    const [major] = before.version.split('.');
    const version = `${Number(major) + 1}.0.0`;
    expect(await readManifest(join(client, 'package.json'))).toMatchObject({ version });
    const changelog = await readFile(join(client, 'CHANGELOG.md'), 'utf8');
    expect(changelog).toMatch(
      new RegExp(`^# @rsolv/client\n\n## ${version}\n\n### Major Changes\n\n.*- It changed\\.`, 's'),
    );
    expect(changelog).toContain(`\n## ${before.version}\n`);
    for (const other of ['server', 'shared']) {
      const path = `packages/${other}/package.json`;
      expect(await readManifest(join(copy.folder, path))).toEqual(await readManifest(join(root, path)));
    }
  });

  it('has its version in the CHANGELOG', async () => {
    const { version } = await readManifest(join(root, 'packages/client/package.json'));
    const changelog = await readFile(join(root, 'packages/client/CHANGELOG.md'), 'utf8');
    expect(/^## (\S+)$/m.exec(changelog)?.[1]).toBe(version);
  });
});
