// A clean working directory and environment, as a step on a runner has them.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeptResult } from '../../src/kept-results.ts';

const ours = ['RSOLV_API_KEY', 'RSOLV_API_URL', 'USE_PLATFORM_STORAGE', 'GITHUB_ACTIONS', 'GITHUB_SHA'];

export interface Workspace extends AsyncDisposable {
  readonly path: string;
  /** The names of the files in `.rsolv/<folder>`. */
  files(folder?: string): Promise<string[]>;
  /** The content of the only file in `.rsolv/phase-data`. */
  onlyFile(): Promise<KeptResult>;
}

/** Goes into a new folder, with these variables and no other of the client's. */
export async function enterWorkspace(env: Record<string, string> = {}): Promise<Workspace> {
  const before = process.cwd();
  const path = await mkdtemp(join(tmpdir(), 'rsolv-client-'));
  process.chdir(path);
  for (const name of ours) delete process.env[name];
  Object.assign(process.env, env);
  const files = async (folder = 'phase-data') => readdir(join(path, '.rsolv', folder)).catch((): string[] => []);
  return {
    path,
    files,
    onlyFile: async () => {
      const [name, ...others] = await files();
      if (name === undefined || others.length > 0) throw new Error(`${others.length + 1} files, not one`);
      const content: KeptResult = JSON.parse(await readFile(join(path, '.rsolv/phase-data', name), 'utf8'));
      return content;
    },
    [Symbol.asyncDispose]: async () => {
      process.chdir(before);
      for (const name of ours) delete process.env[name];
      await rm(path, { recursive: true });
    },
  };
}
