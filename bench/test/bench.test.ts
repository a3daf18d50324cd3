// The bench's usage errors. Its measurements: bench.release.test.ts
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, run } from '@rsolv/test-harness/server-process';

const file = join(import.meta.dirname, '../src/bench.ts');

test('npm run bench lists its workloads where it gets another name', async () => {
  await using folder = await makeFolder();
  const outcome = await run(['node', file, '--only', 'stor', '--results', folder.path]);

  expect(outcome.code).toBe(1);
  expect(outcome.stderr).toContain('--only stor: there is no such workload; there are store, retrieve, latency');
  expect(await readdir(folder.path)).toEqual([]);
});
