// Checks the size budgets: what one of the two clients adds to an action that is bundled into one file, minified and
// gzipped.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
// Before the client replaced the action's class in full, the budgets were 7 and 15 KB. Measured by leaving modules out of a
// bundle, PhaseDataClient grew to 11.5 KB by keeping results before they are sent and reading them back (2.6 KB in all),
// forward proxies (1.2 KB, which Node has no API for), telling the answers of others from the platform's (1.0 KB in all),
// the causes of connections that fail (0.4 KB), and the data of older revisions of the action (0.3 KB). Measured build by
// build, it then grew to 12.2 KB by recognising the answers of others in every call (0.5 KB) and by leaving out metadata
// that the platform does not know, which it refuses (0.15 KB).
const budgets = { PhaseDataClient: 12.5 * 1024, createClient: 18 * 1024 };

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
