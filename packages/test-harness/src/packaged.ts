import { execFileSync } from 'node:child_process';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import './provided-context.ts';
import { provideOnce } from './provide-once.ts';

const script = join(import.meta.dirname, '../../../scripts/package.mjs');

/** Packages the platform and moves the folder, so that a path into the original folder would not work. */
export default function setup(project: TestProject) {
  return provideOnce(project, 'packagedPlatform', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'rsolv packaged '));
    const [made, moved] = [join(parent, 'made'), join(parent, 'moved')];
    const env = { ...process.env, npm_config_package_import_method: 'auto' };
    execFileSync('node', [script, made], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    await rename(made, moved);
    return { value: moved, remove: () => rm(parent, { recursive: true }) };
  });
}
