// Holds the budgets: what one of the two clients adds to an action that is bundled to one file, minified and gzipped.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
// PhaseDataClient had 6 KB before it exchanged a workflow's ID token by itself, which takes three quarters of one.
const budgets = { PhaseDataClient: 7 * 1024, createClient: 15 * 1024 };

for (const [name, budget] of Object.entries(budgets)) {
  for (const format of ['esm', 'cjs']) {
    const { outputFiles } = await build({
      stdin: {
        contents: `import { ${name} } from './dist/package/index.mjs'; console.log(${name});`,
        resolveDir: root,
      },
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node20',
      format,
      write: false,
    });
    const bytes = gzipSync(outputFiles[0].contents).length;
    process.stdout.write(`${name} as ${format}: ${bytes} of ${budget} bytes\n`);
    if (bytes > budget) process.exitCode = 1;
  }
}
