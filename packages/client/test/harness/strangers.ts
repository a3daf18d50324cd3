// Other projects: the package, packed as it is published, and installed from the tarball in a folder out of reach of this
// repository.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isReleaseTier } from '@rsolv/test-harness/tier';
import type { TestProject } from 'vitest/node';

/** What the global setup hands to the test files. */
export interface Strangers {
  /** The projects of test-projects/, each with the program, beside the node_modules that they share. */
  readonly folder: string;
  readonly tarball: string;
  /** What is in the tarball. */
  readonly files: readonly string[];
}

declare module 'vitest' {
  interface ProvidedContext {
    strangers: Strangers;
  }
}

const root = join(import.meta.dirname, '../..');

/** What a project has beside the package: types of Node 20, and the oldest TypeScript that can read the package's types. */
const besides = ['@types/node@20.19.43', ...(isReleaseTier ? ['typescript@5.0.4'] : [])];

/** Packs, installs, and sets up the projects. */
export default async function setup({ provide }: TestProject) {
  if (!existsSync(join(root, 'dist/package'))) {
    throw new Error('There is no dist/package. Build it: pnpm --filter @rsolv/client build');
  }
  const folder = await mkdtemp(join(tmpdir(), 'rsolv-strangers-'));
  const packed: { filename: string; files: { path: string }[] } = JSON.parse(
    run('pnpm', ['pack', '--json', '--config.ignore-scripts=true', '--pack-destination', folder], root),
  );
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', ['install', ...quiet, packed.filename, ...besides], folder);
  const projects = join(root, 'test-projects');
  await cp(projects, folder, { recursive: true });
  for (const project of ['node-next-esm', 'bundler', 'node-next-cjs', 'node10-cjs']) {
    await cp(join(projects, 'program'), join(folder, project, 'program'), { recursive: true });
  }
  provide('strangers', { folder, tarball: packed.filename, files: packed.files.map(({ path }) => path) });
  return () => rm(folder, { recursive: true });
}

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
