// The server as users get it from npm: installed and started by npx from a tarball.
import { execFileSync } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { version } from '../../src/config/version.ts';
import { packServer, type PackedServer } from '@rsolv/test-harness/pack-server';
import { callRoute, commitSha, storeScan, type Access } from '@rsolv/test-harness/process-calls';
import { serveBy, firstKey, type Env } from '@rsolv/test-harness/server-process';
import { setUpKey } from '@rsolv/test-harness/set-up-key';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';
import { until } from '@rsolv/test-harness/until';

const stack = new AsyncDisposableStack();
let packed: PackedServer;
let cache: string;
beforeAll(async () => {
  packed = stack.use(await packServer());
  // npm's cache of packages, and an empty one of what npx has installed.
  cache = join(packed.folder, 'cache');
  await mkdir(cache);
  const shared = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();
  await symlink(join(shared, '_cacache'), join(cache, '_cacache'));
});
afterAll(() => stack.disposeAsync());

/** Installing takes as long as the registry takes. */
const timeoutMs = 300_000;

/** How npm reaches the registry on this machine. */
const npmSettings = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    /^(npm_config_(registry|cafile)|node_extra_ca_certs|(https?|no)_proxy)$/i.test(name) ? [[name, value ?? '']] : [],
  ),
);

const start = (env: Env) =>
  serveBy(
    ['npx', '--yes', `--package=${packed.tarball}`, '--', 'rsolv', 'serve'],
    {
      ...npmSettings,
      npm_config_cache: cache,
      npm_config_prefer_offline: 'true',
      npm_config_loglevel: 'error',
      ...env,
    },
    { timeoutMs },
  );

/** Stores, retrieves, and reads everything that the server has beside its code. Returns what it answered. */
const use = async (access: Access, owner: string) => {
  const { status: stored } = await storeScan(access, `${owner}/demo`, { stored: true });
  const { body: retrieved } = await callRoute(access, `/api/v1/phases/retrieve?repo=${owner}/demo&commit=${commitSha}`);
  const { body: health } = await callRoute(access, '/health');
  const assets = ['/docs', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui.css', '/openapi.json'];
  const statuses = await Promise.all(assets.map(async (path) => (await fetch(new URL(path, access.url))).status));
  return { stored, retrieved, health, statuses };
};

const everything = {
  stored: 200,
  retrieved: { scan: { stored: true } },
  health: { status: 'ok', version },
  statuses: [200, 200, 200, 200],
};

it('serves with the embedded database, and stops with npx', { timeout: timeoutMs }, async () => {
  const server = await start({ RSOLV_DATA_DIR: join(packed.folder, 'data') });
  expect(await use({ url: server.url, apiKey: firstKey(server) }, 'RSOLV-dev')).toEqual(everything);
  // npx does not pass the signal on.
  await server.end('SIGTERM');
  await until('the end of the server', () =>
    fetch(new URL('/health', server.url)).then(
      () => undefined,
      () => true,
    ),
  );
});

it('serves with PostgreSQL', { timeout: timeoutMs }, async () => {
  const DATABASE_URL = await createTestDatabase();
  await using server = await start({ DATABASE_URL });
  expect(await use({ url: server.url, apiKey: await setUpKey(DATABASE_URL, 'acme') }, 'acme')).toEqual(everything);
  await server.stop();
});
