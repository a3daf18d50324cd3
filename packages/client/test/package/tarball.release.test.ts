import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, it } from 'vitest';

const run = promisify(execFile);

it('the tarball passes attw', async () => {
  const client = join(import.meta.dirname, '../..');
  const checked = run('pnpm', ['exec', 'attw', inject('strangers').tarball], { cwd: client });
  await expect(checked).resolves.toMatchObject({ stderr: '' });
});
