// A backup while the server that it copies from ends.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createDataFolder } from '@rsolv/test-harness/data-folder';
import { pauseWrites } from '@rsolv/test-harness/pause-writes';
import { storeScan } from '@rsolv/test-harness/process-calls';
import { makeFolder, refusalOf, rsolv, serve, firstKey } from '@rsolv/test-harness/server-process';
import { until } from '@rsolv/test-harness/until';

it('backup leaves nothing behind where the server is killed meanwhile', async () => {
  await using folder = await makeFolder();
  const path = (name: string) => join(folder.path, name);
  const env = { RSOLV_DATA_DIR: await createDataFolder() };
  await using server = await serve(env);
  // Another client has asked first, so the backup waits.
  const first = await pauseWrites(env.RSOLV_DATA_DIR);
  const waiting = rsolv(['backup', path('never')], env);
  const store = storeScan({ url: server.url, apiKey: firstKey(server) }, 'RSOLV-dev/demo', { stored: 'later' }).catch(
    () => 'cut off',
  );
  await until('the folder', () => existsSync(path('never.partial')) || undefined);
  expect(await server.end('SIGKILL')).toBeNull();
  expect(await store).toBe('cut off');
  expect(refusalOf(await waiting)).toMatch(/can't be asked to pause|resumed its writes/);
  expect((await readdir(folder.path)).filter((name) => name.startsWith('never'))).toEqual([]);
  first.destroy();
});
