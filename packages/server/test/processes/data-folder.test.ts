// One process at a time uses a data folder, and its lock ends with the process.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDataFolder } from '@rsolv/test-harness/data-folder';
import { callRoute } from '@rsolv/test-harness/process-calls';
import { refusalOf, rsolv, serve, firstKey, type ServerProcess } from '@rsolv/test-harness/server-process';
import { stopDuringUpload } from '@rsolv/test-harness/stop-during-upload';

let env: { readonly RSOLV_DATA_DIR: string };
let server: ServerProcess;

beforeAll(async () => {
  env = { RSOLV_DATA_DIR: await createDataFolder() };
  server = await serve(env);
});
afterAll(() => server[Symbol.asyncDispose]());

it.concurrent('rejects "rsolv serve" while a server uses it', async () => {
  const refused = await rsolv(['serve'], { ...env, PORT: '0' });
  expect(refusalOf(refused)).toMatch(
    `The data folder ${env.RSOLV_DATA_DIR} is in use by process ${server.pid} (command serve)`,
  );
});

it('is not added to a git repository around it', () => {
  expect(readFileSync(join(env.RSOLV_DATA_DIR, '.gitignore'), 'utf8')).toBe('*\n');
});

it('lets the server run the commands of other processes', async () => {
  const created = await rsolv(['key', 'create', '--customer', 'local', '--json'], env);
  expect(created).toMatchObject({ code: 0, stderr: '' });
  const { apiKey }: { apiKey: string } = JSON.parse(created.stdout);
  expect(await callRoute({ url: server.url, apiKey }, '/api/v1/whoami')).toMatchObject({ status: 200 });
  expect(server.stdout + server.stderr).not.toContain(apiKey);
});

it('is free again after SIGTERM, which finishes the request in flight', async () => {
  const scan = { url: server.url, apiKey: firstKey(server), repo: 'RSOLV-dev/unfinished' };
  expect(await stopDuringUpload(server, 'SIGTERM', scan)).toMatchObject({ status: 200, code: 0 });
  const { stdout } = await rsolv(['customer', 'list', '--json'], env);
  expect(JSON.parse(stdout)).toMatchObject([{ name: 'local' }]);
});

it('is free again after SIGKILL, whose socket does not disturb commands and the next server', async () => {
  await using killed = await serve(env);
  expect(existsSync(join(env.RSOLV_DATA_DIR, 'admin.sock'))).toBe(true);
  await killed.end('SIGKILL');
  expect(existsSync(join(env.RSOLV_DATA_DIR, 'admin.sock'))).toBe(true);
  expect(await rsolv(['customer', 'create', 'alone', '--json'], env)).toMatchObject({ code: 0, stderr: '' });
  await using next = await serve(env);
  const listed = await rsolv(['customer', 'list', '--json'], env);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'alone' }, { name: 'local' }]);
  expect(await next.stop()).toBe(0);
  expect(existsSync(join(env.RSOLV_DATA_DIR, 'admin.sock'))).toBe(false);
});
