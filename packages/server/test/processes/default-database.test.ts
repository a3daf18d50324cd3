// Commands in a folder without settings: they do not create .rsolv-data there, and name it where it exists.
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createDataFolder } from '@rsolv/test-harness/data-folder';
import { makeFolder, refusalOf, rsolvFile, run } from '@rsolv/test-harness/server-process';

it('creates no database at the default place, and names it before it is changed', async () => {
  await using folder = await makeFolder();
  const dataDir = join(folder.path, '.rsolv-data');
  const here = (...args: string[]) => run([rsolvFile(), ...args], {}, '', folder.path);
  const refused = await Promise.all([
    here('customer', 'list'),
    here('customer', 'create', 'Acme'),
    here('backup', 'copy'),
  ]);
  for (const each of refused) {
    expect(refusalOf(each)).toMatch(
      `There is no database in ${dataDir} (the default since neither DATABASE_URL nor RSOLV_DATA_DIR is set)`,
    );
  }
  expect(await readdir(folder.path)).toEqual([]);

  await rename(await createDataFolder(), dataDir);
  const created = await here('customer', 'create', 'Acme', '--json');
  const note = `Database: ${dataDir} (embedded; neither DATABASE_URL nor RSOLV_DATA_DIR is set)\n`;
  expect(created).toMatchObject({ code: 0, stdout: expect.stringContaining('"name":"Acme"'), stderr: note });
  expect(await here('customer', 'list', '--json')).toMatchObject({ code: 0, stderr: '' });
});
