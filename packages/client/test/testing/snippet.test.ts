// What the README shows of /testing works as it stands.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('the README shows the snippet, which works', async () => {
  const [readme, snippet] = await Promise.all(
    ['../../README.md', 'snippet.ts'].map((path) => readFile(join(import.meta.dirname, path), 'utf8')),
  );
  expect(readme).toContain(`\`\`\`ts\n${snippet}\`\`\``);
  await expect(import('./snippet.ts')).resolves.toBeDefined();
});
