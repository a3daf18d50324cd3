// The packed package in the projects of strangers: every way to import it, under strict settings, on every runtime,
// installed or bundled into one file as an action is. The program is test-projects/program, against a real platform.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { scopes } from '@rsolv/shared/contract/api-key';
import { makeCustomer, startTestPlatform } from '@rsolv/test-harness/platform';
import { makeFolder } from '@rsolv/test-harness/server-process';
import { bundle, compile, type Compiler } from '../harness/programs.ts';
import { fetchRuntime, runtimes } from '../harness/runtimes.ts';
import { startTroubledAddresses } from '../harness/troubled-addresses.ts';

const execute = promisify(execFile);
const { folder: strangers } = inject('strangers');
const stack = new AsyncDisposableStack();
let env: Record<string, string>;
let namespace: string;
let bundles: string;
let workspaces: string;

beforeAll(async () => {
  // All of them come at once, while the platform starts. The tests say where one could not.
  void Promise.allSettled(runtimes.map(fetchRuntime));
  bundles = stack.use(await makeFolder()).path;
  workspaces = stack.use(await makeFolder()).path;
  const platform = stack.use(await startTestPlatform());
  const customer = await makeCustomer(platform, { scopes });
  namespace = customer.namespace;
  const troubled = stack.use(await startTroubledAddresses(platform.url));
  env = { ...troubled.env, RSOLV_API_URL: platform.url, RSOLV_API_KEY: customer.apiKey };
});
afterAll(() => stack.disposeAsync());

interface Program {
  readonly name: string;
  readonly make: () => Promise<string>;
  /** It says nothing more on the others. */
  readonly onlyOn?: string;
}

const installed = (project: string, compiler: Compiler) => ({
  name: `${project}, compiled by ${compiler}`,
  make: () => compile(project, compiler),
});

const programs: readonly Program[] = [
  installed('node-next-esm', 'TypeScript 7'),
  installed('node-next-cjs', 'TypeScript 7'),
  { name: 'one file, ESM', make: () => bundle('esm', bundles) },
  { name: 'one file, CJS', make: () => bundle('cjs', bundles) },
  { ...installed('bundler', 'TypeScript 7'), onlyOn: 'Node 24' },
  { ...installed('node-next-esm', 'TypeScript 5.0'), onlyOn: 'Node 24' },
  // The way to resolve that newer compilers don't have any more.
  { ...installed('node10-cjs', 'TypeScript 5.0'), onlyOn: 'Node 24' },
];

describe.concurrent.each(runtimes)('on $name', (runtime) => {
  it.each(programs.filter(({ onlyOn = runtime.name }) => onlyOn === runtime.name))(
    'works as $name',
    async ({ name, make }) => {
      const [program, file] = await Promise.all([fetchRuntime(runtime), make()]);
      const cwd = await mkdtemp(join(workspaces, 'step-'));
      const repo = `${namespace}/${runtime.name}-${name}`.replaceAll(/[ ,]+/g, '-');
      const { stdout, stderr } = await execute(program, [file], { cwd, env: { ...env, REPO: repo }, timeout: 60_000 });
      const outcomes: Record<string, string> = JSON.parse(stdout);
      expect(Object.entries(outcomes).filter(([, outcome]) => outcome !== 'ok')).toEqual([]);
      expect({ steps: Object.keys(outcomes).length, stderr }).toEqual({ steps: 14, stderr: '' });
    },
  );
});

it('has a program that uses the whole surface', async () => {
  const entries = ['index', 'testing'].map((entry) => `node_modules/@rsolv/client/dist/package/${entry}.d.mts`);
  const types = await Promise.all(entries.map((path) => readFile(join(strangers, path), 'utf8')));
  const exported = types.flatMap((text) => /^export \{ (.*) \};$/m.exec(text)?.[1]?.split(', ') ?? []);
  const names = exported.map((each) => each.replace(/^type /, ''));
  expect(names).toEqual(expect.arrayContaining(['createClient', 'createTestingPlatform']));
  const folder = join(strangers, 'bundler/program');
  const sources = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), 'utf8')));
  const used = new Set(sources.join('\n').match(/\w+/g));
  expect(names.filter((name) => !used.has(name))).toEqual([]);
});
