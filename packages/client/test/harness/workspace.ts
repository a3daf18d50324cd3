// An empty working directory and a clean environment, as a step on a runner has them.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeptResult } from '../../src/kept-results.ts';

/** Variables that the client reads. */
const names = [
  'RSOLV_API_KEY',
  'RSOLV_API_URL',
  'RSOLV_ID_TOKEN',
  'USE_PLATFORM_STORAGE',
  'TRACEPARENT',
  'GITHUB_ACTIONS',
  'GITHUB_SHA',
  'CI_COMMIT_SHA',
  'ACTIONS_ID_TOKEN_REQUEST_URL',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
];

export interface Workspace extends AsyncDisposable {
  readonly path: string;
  /** The names of the files in `.rsolv/<folder>`, without its `.gitignore`. */
  files(folder?: string): Promise<string[]>;
  /** The content of the only file in `.rsolv/phase-data`. */
  onlyFile(): Promise<KeptResult>;
}

/** Changes into a new folder, with these variables and no other that the client reads. */
export async function enterWorkspace(env: Record<string, string> = {}): Promise<Workspace> {
  const before = process.cwd();
  const path = await mkdtemp(join(tmpdir(), 'rsolv-client-'));
  process.chdir(path);
  for (const name of names) delete process.env[name];
  Object.assign(process.env, env);
  const files = async (folder = 'phase-data') => {
    const all = await readdir(join(path, '.rsolv', folder)).catch((): string[] => []);
    return all.filter((name) => name !== '.gitignore');
  };
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
      for (const name of names) delete process.env[name];
      await rm(path, { recursive: true });
    },
  };
}
