// One process at a time uses a data folder, and its lock ends with the process.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDataFolder } from '@rsolv/test-harness/data-folder';
import { refusalOf, rsolv, serve, firstKey, type ServerProcess } from '@rsolv/test-harness/server-process';
import { stopDuringUpload } from '@rsolv/test-harness/stop-during-upload';

let env: { readonly RSOLV_DATA_DIR: string };
let server: ServerProcess;

beforeAll(async () => {
  env = { RSOLV_DATA_DIR: await createDataFolder() };
  server = await serve(env);
});
afterAll(() => server[Symbol.asyncDispose]());

it.concurrent.each([['serve'], ['customer list']])('rejects "rsolv %s" while a server uses it', async (command) => {
  const refused = await rsolv(command.split(' '), { ...env, PORT: '0' });
  expect(refusalOf(refused)).toMatch(
    `The data folder ${env.RSOLV_DATA_DIR} is in use by process ${server.pid} (rsolv serve)`,
  );
});

it('is free again after SIGTERM, which finishes the request in flight', async () => {
  const scan = { url: server.url, apiKey: firstKey(server), repo: 'RSOLV-dev/unfinished' };
  expect(await stopDuringUpload(server, 'SIGTERM', scan)).toMatchObject({ status: 200, code: 0 });
  const { stdout } = await rsolv(['customer', 'list', '--json'], env);
  expect(JSON.parse(stdout)).toMatchObject([{ name: 'local' }]);
});
