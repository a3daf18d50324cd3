import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { enterConsumer } from '../harness/consumer.ts';

it('the published types pass the type tests, schemas included', async () => {
  await using consumer = await enterConsumer({
    vitest: 'node_modules/vitest',
    '@rsolv/server': 'packages/server',
    '@rsolv/shared': 'packages/shared',
  });
  const names = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.test-d.ts'));
  const files: Record<string, string> = {};
  for (const name of names) files[name] = await readFile(join(import.meta.dirname, name), 'utf8');
  const options = { skipLibCheck: true, allowImportingTsExtensions: true, lib: ['es2024', 'dom', 'dom.iterable'] };
  expect(await consumer.typeCheck(files, options)).toBe('');
});
