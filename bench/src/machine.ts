import { cpus, release, totalmem, type as osType } from 'node:os';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { z } from 'zod';

const require = createRequire(import.meta.url);

/** Describes the machine and the versions that results depend on. */
export function describeMachine(): Record<string, string> {
  const [cpu] = cpus();
  const commit = spawnSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8', cwd: import.meta.dirname });
  return {
    cpu: `${cpu?.model ?? 'unknown'}, ${cpus().length} cores`,
    memory: `${(totalmem() / 1024 ** 3).toFixed(0)} GB`,
    system: `${osType()} ${release()}`,
    node: process.version,
    commit: commit.stdout?.trim() ?? '',
    autocannon: versionOf('autocannon'),
    pg: versionOf('pg'),
    pglite: versionOf('@electric-sql/pglite'),
  };
}

/** Returns the version of an installed package. */
function versionOf(name: string): string {
  const paths = require.resolve.paths(name) ?? [];
  for (const path of paths) {
    try {
      return z.object({ version: z.string() }).parse(require(`${path}/${name}/package.json`)).version;
    } catch {
      // The package is not in this folder.
    }
  }
  return 'unknown';
}
