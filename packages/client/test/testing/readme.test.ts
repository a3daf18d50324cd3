// What the README says of /testing is so.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createTestingPlatform } from '../../src/testing/index.ts';

const [readme = '', snippet = ''] = await Promise.all(
  ['../../README.md', 'snippet.ts'].map((path) => readFile(join(import.meta.dirname, path), 'utf8')),
);

it('its example works as it stands', async () => {
  expect(readme).toContain(`\`\`\`ts\n${snippet}\`\`\``);
  await expect(import('./snippet.ts')).resolves.toBeDefined();
});

it('its table lists what a platform and a customer have, and nothing else', () => {
  const [, section = ''] = readme.split('\n## Test code that uses the client\n');
  const cells = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| (`.*?) +\|/gm)].map(([, cell = '']) => cell);
  const names = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)/g)].map(([, name]) => name));
  const platform = createTestingPlatform();
  const all = [...Object.keys(platform), ...Object.keys(platform.addCustomer())];
  expect(new Set(names)).toEqual(new Set(all));
});
