// A folder of somebody who uses the package: what they see of it are the types that are published.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const client = join(import.meta.dirname, '../..');
const root = join(client, '../..');
const run = promisify(execFile);

interface Manifest {
  readonly publishConfig: { readonly exports: Record<string, { readonly import: { readonly types: string } }> };
}

const manifest: Manifest = JSON.parse(await readFile(join(client, 'package.json'), 'utf8'));

/** The text of each file of types that the package is entered by. */
export async function publishedTypes(): Promise<string[]> {
  const entries = Object.values(manifest.publishConfig.exports);
  return Promise.all(
    entries.map(async ({ import: { types } }) =>
      readFile(join(client, types), 'utf8').catch((cause: unknown) => {
        throw new Error(`There is no ${types}. Build it: pnpm --filter @rsolv/client build`, { cause });
      }),
    ),
  );
}

export interface Consumer extends AsyncDisposable {
  /** What the type check of these files says, by name and text; nothing, where it passes. */
  typeCheck(files: Record<string, string>, compilerOptions?: object): Promise<string>;
}

/** A folder with the package as it is published, and with links to what else its files import. */
export async function enterConsumer(others: Record<string, string> = {}): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), 'rsolv-consumer-'));
  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  const published = 'node_modules/@rsolv/client';
  await put(`${published}/package.json`, JSON.stringify({ ...manifest, ...manifest.publishConfig }));
  await symlink(join(client, 'dist'), join(folder, published, 'dist'));
  for (const [name, target] of Object.entries({ '@types/node': 'node_modules/@types/node', ...others })) {
    await mkdir(dirname(join(folder, 'node_modules', name)), { recursive: true });
    await symlink(join(root, target), join(folder, 'node_modules', name));
  }
  await put('package.json', JSON.stringify({ type: 'module' }));

  return {
    typeCheck: async (files, compilerOptions) => {
      for (const [path, text] of Object.entries(files)) await put(path, text);
      const strict = { strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true };
      const target = { target: 'es2023', module: 'nodenext', types: ['node'], noEmit: true };
      await put(
        'tsconfig.json',
        JSON.stringify({ files: Object.keys(files), compilerOptions: { ...strict, ...target, ...compilerOptions } }),
      );
      const tsc = join(root, 'node_modules/.bin/tsc');
      return run(tsc, ['--pretty', 'false'], { cwd: folder }).then(
        () => '',
        (thrown: Error & { stdout: string }) => thrown.stdout || thrown.message,
      );
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
