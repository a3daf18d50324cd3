// The commands that documents give for a terminal. Those that would run this test again are only checked for existence.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { until } from '@rsolv/test-harness/until';
import { blocksOf, documentPaths, readDocument, repositoryRoot as root } from '@rsolv/test-harness/documents';

const run = promisify(execFile);
const { scripts }: { scripts: object } = JSON.parse(await readDocument('package.json'));

/** The lines of all sh blocks, without their comments. */
const documented = await Promise.all(
  documentPaths.map(async (path) =>
    blocksOf(await readDocument(path))
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) => text.split('\n'))
      .map((line) => line.replace(/ +#.*/, '').trim()),
  ),
);
const commands = [...new Set(documented.flat())];

it.each(commands.filter((command) => command.includes('vitest run')))('%s: finds tests', async (command) => {
  const args = command.split(' ').slice('pnpm exec vitest run'.split(' ').length);
  const { stdout } = await run('pnpm', ['exec', 'vitest', 'list', ...args, '--filesOnly'], { cwd: root });
  expect(stdout).toMatch(/\.test\.ts/);
});

it.each(commands.filter((command) => command.startsWith('pnpm migration:create')))(
  '%s: finds nothing that the entities have and the migrations lack',
  async (command) => {
    const { stdout } = await run('bash', ['-c', command], { cwd: root });
    expect(stdout).toContain('no migration needed');
  },
);

it.each(commands.filter((command) => /^(npm|pnpm) (?!exec|install|--filter|changeset version)/.test(command)))(
  '%s: is a script',
  (command) => {
    const [, name] = /^p?npm (?:run (?:--silent )?)?(\S+)/.exec(command) ?? [];
    expect(Object.keys(scripts)).toContain(name);
  },
);

it('README.md has at most 8 KB', async () => {
  expect(Buffer.byteLength(await readDocument('README.md'))).toBeLessThanOrEqual(8192);
});

describe('npm start', () => {
  // Ctrl-C in a terminal reaches every process of the group; a process manager signals npm alone.
  it.each([
    ['Ctrl-C', (npm: number) => process.kill(-npm, 'SIGINT')],
    ['SIGTERM to npm', (npm: number) => process.kill(npm, 'SIGTERM')],
  ])('starts the platform, and %s stops it', async (_name, stop) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'rsolv-npm-start-'));
    const env = { ...process.env, PORT: '0', RSOLV_DATA_DIR: dataDir };
    const npm = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    const ended = once(npm, 'exit');
    let url: string | undefined;
    for await (const line of createInterface({ input: npm.stdout })) {
      url ??= /http:\/\/[\d.:]+/.exec(line)?.[0];
      if (line.includes('"msg":"running"')) break;
    }
    const health = await fetch(`${url}/health/ready`);
    expect(await health.json()).toMatchObject({ status: 'ready' });
    stop(npm.pid ?? 0);
    await ended;
    await until('the server to stop', async () => !(await isListening(`${url}/health`)) || undefined);
    await rm(dataDir, { recursive: true });
  });
});

const isListening = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );
