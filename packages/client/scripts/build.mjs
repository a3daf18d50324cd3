// Builds dist/package: ESM, CJS and their types. `tsc -b` writes the types first, module by module, since TypeScript 7
// offers bundlers no way to ask for those of other projects; here they are put beside one another and made into one.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { build } from 'tsdown';

const root = join(import.meta.dirname, '..');
const staged = join(root, 'dist/staged');
const outDir = join(root, 'dist/package');

execFileSync('pnpm', ['exec', 'tsc', '-b', root], { stdio: 'inherit' });
rmSync(outDir, { recursive: true, force: true });
rmSync(staged, { recursive: true, force: true });
mkdirSync(staged, { recursive: true });
cpSync(join(root, '../shared/dist/src'), join(staged, 'shared'), { recursive: true });
cpSync(join(root, 'dist/types/src'), join(staged, 'src'), { recursive: true });
for (const file of readdirSync(staged, { recursive: true }).filter((each) => each.endsWith('.d.ts'))) {
  const path = join(staged, file);
  const shared = relative(dirname(file), 'shared');
  const types = readFileSync(path, 'utf8')
    .replaceAll(/(['"])@rsolv\/shared\/([\w/-]+)\1/g, `'${shared}/$2.ts'`)
    .replaceAll(/(['"]\.[\w./-]+)\.ts(['"])/g, '$1.d.ts$2');
  writeFileSync(path, types);
}

const output = {
  config: false,
  cwd: root,
  format: ['esm', 'cjs'],
  platform: 'node',
  target: 'node20',
  outDir,
  dts: false,
  logLevel: 'warn',
};
// Each module is a file of its own, so that a bundler can leave out what an action does not use, tRPC's client first.
await build({ ...output, entry: ['src/*.ts', '!src/procedures.ts'] });
// One file, which shares nothing with the client's: only tests load it.
await build({ ...output, entry: { testing: 'src/testing/index.ts' }, clean: false });

for (const [name, source] of [
  ['index', 'src/index.d.ts'],
  ['testing', 'src/testing/index.d.ts'],
]) {
  const types = await rolldown({
    cwd: root,
    input: { [name]: join(staged, source) },
    // Nothing of it is in the types; inlined first and left out then, it would be a hundred warnings.
    external: ['zod'],
    plugins: [dts({ cwd: root, dtsInput: true, emitDtsOnly: true })],
  });
  for (const extension of ['mts', 'cts']) await types.write({ dir: outDir, entryFileNames: `[name].d.${extension}` });
}
rmSync(staged, { recursive: true });

const superjson = realpathSync(join(root, 'node_modules/superjson'));
const bundled = {
  trpc: join(root, 'node_modules/@trpc/client'),
  superjson,
  'copy-anything': join(superjson, '../copy-anything'),
  zod: join(root, 'node_modules/zod'),
  'content-type': join(root, '../shared/node_modules/content-type'),
};
for (const [name, folder] of Object.entries(bundled)) cpSync(join(folder, 'LICENSE'), join(outDir, `LICENSE-${name}`));
