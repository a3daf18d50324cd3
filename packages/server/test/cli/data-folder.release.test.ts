// The data folder of the embedded database, created by a command.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rsolv } from '@rsolv/test-harness/cli';
import { makeFolder } from '@rsolv/test-harness/server-process';

it('is created, with its parents, by rsolv migrate, where the folder is set', async () => {
  await using folder = await makeFolder();
  const env = { RSOLV_DATA_DIR: join(folder.path, 'created', 'with', 'its', 'parents') };
  expect([await rsolv(['migrate'], env), await rsolv(['customer', 'list'], env)]).toEqual([
    { code: 0, stdout: expect.stringMatching(/^The schema is up to date: \d+ .*Migration\d+.*\n$/), stderr: '' },
    { code: 0, stdout: expect.stringMatching(/^There are no customers yet.*rsolv setup\n$/), stderr: '' },
  ]);
});
