// The worked example of "Add an endpoint": its blocks are applied to a copy of the sources, which then compiles and passes
// the example's own tests.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { blocksOf, readDocument, repositoryRoot } from '@rsolv/test-harness/documents';

const run = promisify(execFile);

const blocks = blocksOf(await readDocument('docs/contribute/add-an-endpoint.md'));

let copy: string;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'rsolv-endpoint-'));
  // Packages of the workspace are links to their neighbors, so those of the copy lead into the copy. What `tsc` has built of
  // them is copied as well, so that it checks only what the example changes.
  const packages = ['shared', 'server', 'test-harness'].map((name) => `packages/${name}`);
  for (const path of [...packages, 'migrations', 'tsconfig.base.json', 'vitest.config.ts', 'package.json']) {
    await cp(join(repositoryRoot, path), join(copy, path), { recursive: true, verbatimSymlinks: true });
  }
  await symlink(join(repositoryRoot, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rm(copy, { recursive: true }));

/** The path in a block's first line, and the lines below. */
function fileOf(text: string): { path: string; lines: string } {
  const [, path = '', lines = ''] = /^(?:\/\/|#) (\S+)\n(.*)$/s.exec(text) ?? [];
  return { path: join(copy, path), lines };
}

/** Adds the lines of a diff that begin with `+` where its other lines are, which occur once. */
async function applyDiff(text: string): Promise<void> {
  const { path, lines } = fileOf(text);
  const before = lines.replaceAll(/^\+.*\n/gm, '').replaceAll(/^ /gm, '');
  const parts = (await readFile(path, 'utf8')).split(before);
  expect({ path, before, occurrences: parts.length - 1 }).toMatchObject({ occurrences: 1 });
  await writeFile(path, parts.join(lines.replaceAll(/^[ +]/gm, '')));
}

it('compiles and passes its tests', { timeout: 300_000 }, async () => {
  for (const { language, text } of blocks) {
    if (language === 'diff') await applyDiff(text);
    else await writeFile(fileOf(text).path, fileOf(text).lines);
  }
  const bin = (name: string) => join('node_modules', '.bin', name);
  await run(bin('tsc'), ['--build', '--pretty', 'false', 'packages/server/test'], { cwd: copy });
  const tests = ['--project', 'unit', '--project', 'pglite', 'unit/route-table', 'http/idempotency-keys'];
  // In the quick tier, to which the example's tests belong.
  const env = { ...process.env, RSOLV_TEST_TIER: '' };
  const { stdout } = await run(bin('vitest'), ['run', '--reporter=verbose', ...tests], { cwd: copy, env });
  expect(stdout).toContain('GET /api/v1/idempotency-keys');
  expect(stdout).toContain('lists the idempotency keys of the customer with their executions');
});
