// The bench works on both databases, here with amounts too small to mean anything. It refuses to measure a platform and a
// ceiling whose responses differ.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder, run } from '@rsolv/test-harness/server-process';
import { sharedPostgresUrl } from '@rsolv/test-harness/shared-postgres';

const file = join(import.meta.dirname, '../src/bench.ts');
const small = ['--amount', '8', '--rounds', '1', '--connections', '4'];

const measured = (server: string) => ({
  server,
  failed: 0,
  'per second': expect.any(Number),
  'p99 ms': expect.any(Number),
});

describe.concurrent('npm run bench', () => {
  test.each([
    { call: 'store', database: 'postgres' },
    { call: 'retrieve', database: 'pglite' },
  ])('measures the $call of the platform and its ceiling on $database', async ({ call, database }) => {
    await using folder = await makeFolder();
    const where = ['--database', database, '--postgres-url', sharedPostgresUrl(), '--results', folder.path];
    const outcome = await run(['node', file, '--only', call, ...small, ...where]);

    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toContain('of ceiling');
    const result: unknown = JSON.parse(await readFile(join(folder.path, `${call}-${database}.json`), 'utf8'));
    expect(result).toMatchObject({ database, rows: [measured('platform'), measured('ceiling')] });
  });
});
