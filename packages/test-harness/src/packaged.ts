import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import './provided-context.ts';
import { provideOnce } from './provide-once.ts';

const script = join(import.meta.dirname, '../../../scripts/package.mjs');

/** Packages the platform. */
export default function setup(project: TestProject) {
  return provideOnce(project, 'packagedPlatform', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'rsolv packaged '));
    const [made, copied] = [join(parent, 'made'), join(parent, 'copied')];
    const env = { ...process.env, npm_config_package_import_method: 'auto' };
    execFileSync('node', [script, made], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    await cp(made, copied, { recursive: true, verbatimSymlinks: true });
    await rm(made, { recursive: true });
    return { value: copied, remove: () => rm(parent, { recursive: true }) };
  });
}
