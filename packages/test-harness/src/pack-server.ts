import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const server = join(import.meta.dirname, '../../server');
const packedSchema = z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) });

/** The packed server. Its folder is deleted with it. */
export interface PackedServer extends AsyncDisposable {
  readonly folder: string;
  readonly tarball: string;
  /** The paths of what it contains. */
  readonly files: readonly string[];
}

/** Packs the server as it is published, into a folder with a space in its name. */
export async function packServer(): Promise<PackedServer> {
  const folder = await mkdtemp(join(tmpdir(), 'rsolv packed '));
  const env = { ...process.env, npm_config_loglevel: 'silent' };
  const options: ExecFileSyncOptionsWithStringEncoding = {
    cwd: server,
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  };
  execFileSync('node', ['scripts/build.mjs'], options);
  const pack = ['pack', '--json', '--config.ignore-scripts=true', '--pack-destination', folder];
  const { filename, files } = packedSchema.parse(JSON.parse(execFileSync('pnpm', pack, options)));
  return {
    folder,
    tarball: filename,
    files: files.map(({ path }) => path),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
