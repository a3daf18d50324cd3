import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The platform as `npm run package` makes it, copied to where nothing of this repository is within reach. */
    packagedPlatform: string;
  }
}

const script = join(import.meta.dirname, '../../../scripts/package.mjs');

/** Packages the platform. The first project that asks for it has it made; it serves them all. */
export default async function setup({ vitest, provide }: TestProject) {
  const root = vitest.getRootProject();
  const context = root.getProvidedContext();
  if ('packagedPlatform' in context) {
    provide('packagedPlatform', context.packagedPlatform);
    return undefined;
  }
  const parent = await mkdtemp(join(tmpdir(), 'rsolv packaged '));
  const [made, copied] = [join(parent, 'made'), join(parent, 'copied')];
  const env = { ...process.env, npm_config_package_import_method: 'auto' };
  execFileSync('node', [script, made], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  await cp(made, copied, { recursive: true, verbatimSymlinks: true });
  await rm(made, { recursive: true });
  root.provide('packagedPlatform', copied);
  provide('packagedPlatform', copied);
  return () => rm(parent, { recursive: true });
}
