// The packed package in other projects: imported in every way, under strict settings, installed or bundled into one file as
// an action is. The program is test-projects/program, run against a real platform.
import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scopes } from '@rsolv/shared/contract/api-key';
import { makeCustomer, startTestPlatform } from '@rsolv/test-harness/platform';
import { makeFolder } from '@rsolv/test-harness/server-process';
import { bundle, compile, type Compiler } from '../harness/programs.ts';
import { fetchRuntime, type Runtime } from '../harness/runtimes.ts';
import { startTroubledAddresses } from '../harness/troubled-addresses.ts';

const execute = promisify(execFile);

/** The program, made ready to run in one of the ways. */
export interface Program {
  readonly name: string;
  /** @param folder for files that are made */
  readonly make: (folder: string) => Promise<string>;
}

/** The program in one of the projects, with the package installed beside it. */
export const installed = (project: string, compiler: Compiler): Program => ({
  name: `${project}, compiled by ${compiler}`,
  make: () => compile(project, compiler),
});

/** The programs that have to run on every runtime. */
export const portable: readonly Program[] = [
  installed('node-next-esm', 'TypeScript 7'),
  installed('node-next-cjs', 'TypeScript 7'),
  { name: 'one file, ESM', make: (folder) => bundle('esm', folder) },
  { name: 'one file, CJS', make: (folder) => bundle('cjs', folder) },
];

/** Tests these programs on these runtimes. */
export function testPrograms(pairs: readonly (readonly [Runtime, readonly Program[]])[]): void {
  const stack = new AsyncDisposableStack();
  let env: Record<string, string>;
  let namespace: string;
  let bundles: string;
  let workspaces: string;

  beforeAll(async () => {
    // All runtimes are fetched at once, while the platform starts. The tests report failures.
    void Promise.allSettled(pairs.map(([runtime]) => fetchRuntime(runtime)));
    bundles = stack.use(await makeFolder()).path;
    workspaces = stack.use(await makeFolder()).path;
    const platform = stack.use(await startTestPlatform());
    const customer = await makeCustomer(platform, { scopes });
    namespace = customer.namespace;
    const troubled = stack.use(await startTroubledAddresses(platform.url));
    env = { ...troubled.env, RSOLV_API_URL: platform.url, RSOLV_API_KEY: customer.apiKey };
  });
  afterAll(() => stack.disposeAsync());

  describe.concurrent.each(pairs)('on $0.name', (runtime, programs) => {
    it.each(programs)('works as $name', async ({ name, make }) => {
      const [program, file] = await Promise.all([fetchRuntime(runtime), make(bundles)]);
      const cwd = await mkdtemp(join(workspaces, 'step-'));
      const repo = `${namespace}/${runtime.name}-${name}`.replaceAll(/[ ,]+/g, '-');
      const { stdout, stderr } = await execute(program, [file], { cwd, env: { ...env, REPO: repo }, timeout: 60_000 });
      const outcomes: Record<string, string> = JSON.parse(stdout);
      expect(Object.entries(outcomes).filter(([, outcome]) => outcome !== 'ok')).toEqual([]);
      expect({ steps: Object.keys(outcomes).length, stderr }).toEqual({ steps: 16, stderr: '' });
    });
  });
}
