// What the documents say about @rsolv/client/testing is true.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createTestingPlatform } from '../../src/testing/index.ts';

const read = (path: string) => readFile(join(import.meta.dirname, path), 'utf8');
const readme = await read('../../README.md');

it('the example of the README works as it stands', async () => {
  expect(readme).toContain(`\`\`\`ts\n${await read('snippet.ts')}\`\`\``);
  await expect(import('./snippet.ts')).resolves.toBeDefined();
});

it('the example of docs/integrate/testing.md works as it stands', async () => {
  expect(await read('../../../../docs/integrate/testing.md')).toContain(
    `\`\`\`ts\n${await read('guide-snippet.ts')}\`\`\``,
  );
  await expect(import('./guide-snippet.ts')).resolves.toBeDefined();
});

it('the table of the README lists what a platform and a customer have, and nothing else', () => {
  const [, section = ''] = readme.split('\n## Test code that uses the client\n');
  const cells = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| (`.*?) +\|/gm)].map(([, cell = '']) => cell);
  const names = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)/g)].map(([, name]) => name));
  const platform = createTestingPlatform();
  const all = [...Object.keys(platform), ...Object.keys(platform.addCustomer())];
  expect(new Set(names)).toEqual(new Set(all));
});
