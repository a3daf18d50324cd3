// The tests' PostgreSQL runs as another user than root, wherever the repository is.
import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installedPrograms, runnablePrograms } from '@rsolv/test-harness/postgres-programs';
import { isReachable, makeServerFolder, serverUser } from '@rsolv/test-harness/server-user';

const isRoot = serverUser !== undefined;

/** Copies what the package contains. Without its install script, it has no links. */
async function install(target: string, withLinks: boolean): Promise<void> {
  const isLink = (path: string) => /\.so(\.\d+)?$/.test(path) && /lib(icu|pq|ecpg|pgtypes)/.test(path);
  await cp(installedPrograms(18), target, { recursive: true, filter: (path) => withLinks || !isLink(path) });
}

it.each([
  ['in a folder that only its owner may enter', { mode: 0o700, withLinks: true }],
  ['in a folder with blanks, % and #', { mode: 0o755, withLinks: true }],
  ['without the links of the install script', { mode: 0o755, withLinks: false }],
])('PostgreSQL can be started if it is installed %s', async (_where, { mode, withLinks }) => {
  await using stack = new AsyncDisposableStack();
  const parent = stack.adopt(await mkdtemp(join(tmpdir(), 'rsolv a %20 #')), (path) => rm(path, { recursive: true }));
  const folder = stack.adopt(await makeServerFolder('programs'), (path) => rm(path, { recursive: true }));
  await install(join(parent, 'native'), withLinks);
  await chmod(parent, mode);
  const { initdb, postgres } = await runnablePrograms(join(parent, 'native'), folder);
  for (const program of [initdb, postgres]) {
    const shown = execFileSync(program, ['--version'], { ...serverUser, cwd: folder, encoding: 'utf8' });
    expect(shown).toContain('(PostgreSQL) 18.');
  }
});

it.skipIf(!isRoot)('a folder is reachable if each folder above it lets other users in', async () => {
  await using stack = new AsyncDisposableStack();
  const parent = stack.adopt(await mkdtemp(join(tmpdir(), 'rsolv-')), (path) => rm(path, { recursive: true }));
  const inside = join(parent, 'inside');
  await mkdir(inside, { mode: 0o755 });
  expect(isReachable(inside)).toBe(false);
  await chmod(parent, 0o711);
  expect(isReachable(inside)).toBe(true);
});
