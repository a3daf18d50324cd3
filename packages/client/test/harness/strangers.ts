// Somebody else's project: packs the package as it would be published and installs the tarball, outside of this
// repository and with nothing of it within reach.
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

/** What the global setup hands to the test files. */
export interface Consumer {
  /** The projects of test-projects/, each with the program, beside the node_modules that they share. */
  readonly folder: string;
  readonly tarball: string;
  /** What is in the tarball. */
  readonly files: readonly string[];
}

declare module 'vitest' {
  interface ProvidedContext {
    consumer: Consumer;
  }
}

const root = join(import.meta.dirname, '../..');
const projects = join(root, 'test-projects');

/** The ways to import the package: a folder of test-projects/ each. */
export const moduleSystems = ['node-next-esm', 'bundler', 'node-next-cjs', 'node10-cjs'] as const;

/** What an action has beside the package: the oldest TypeScript that can read its types, and Node 20's. */
const besides = ['typescript@5.0.4', '@types/node@20.19.43'];

export default async function setup({ provide }: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), 'rsolv-consumer-'));
  const run = (command: string, args: readonly string[], cwd: string) =>
    execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

  run('node', ['scripts/build.mjs'], root);
  const packed: { filename: string; files: { path: string }[] } = JSON.parse(
    run('pnpm', ['pack', '--json', '--pack-destination', folder], root),
  );
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', ['install', ...quiet, packed.filename, ...besides], folder);
  await cp(projects, folder, { recursive: true });
  for (const each of moduleSystems) await cp(join(projects, 'program'), join(folder, each, 'program'), { recursive: true });

  provide('consumer', { folder, tarball: packed.filename, files: packed.files.map(({ path }) => path) });
  return () => rm(folder, { recursive: true });
}
