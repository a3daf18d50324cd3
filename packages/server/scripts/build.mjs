// Builds dist/package: what npm publishes. Node.js strips no types below node_modules, so they are stripped here, file by file:
// no line moves, and stack traces name the lines of the sources. The packages that the server uses stay dependencies; the
// two of this workspace, which are not published, come along.
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const server = join(root, 'packages/server');
const target = join(server, 'dist/package');

/** The folders in the package, and the sources of each. */
const parts = {
  src: { folder: 'packages/server/src', files: '**/*.ts' },
  shared: { folder: 'packages/shared/src', files: '**/*.ts', name: '@rsolv/shared' },
  migrations: { folder: 'migrations', files: '*.ts', name: '@rsolv/migrations' },
};

// Stripping types is experimental, which Node.js warns of. The tests run the result.
process.removeAllListeners('warning').on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') process.stderr.write(`${warning.stack}\n`);
});

rmSync(target, { recursive: true, force: true });
for (const [part, { folder, files }] of Object.entries(parts)) {
  for (const file of globSync(files, { cwd: join(root, folder) })) {
    write(join(part, file.replace(/\.ts$/, '.js')), compile(join(root, folder, file), join(part, dirname(file))));
  }
}
const program = readFileSync(join(root, 'bin/rsolv'), 'utf8');
write('bin/rsolv.cjs', program.replace('../packages/server/src/main.ts', '../src/main.js'));
write('package.json', `${JSON.stringify(manifest(), null, 2)}\n`);
for (const file of ['README.md', 'CHANGELOG.md']) cpSync(join(server, file), join(target, file));
cpSync(join(root, 'LICENSE'), join(target, 'LICENSE'));

/** Returns a source as JavaScript, whose imports lead to files of the package in that folder. */
function compile(file, folder) {
  const code = stripTypeScriptTypes(readFileSync(file, 'utf8'));
  const result = code.replaceAll(/(\b(?:from|import|import\(|URL\()\s*)'([^'\n]+)'/g, (_match, keyword, specifier) => {
    return `${keyword}'${inPackage(specifier, folder)}'`;
  });
  const left = /'[^'\n]*(?:\.ts|@rsolv\/(?:shared|migrations)[^'\n]*)'/.exec(result.replaceAll("'main.ts'", ''));
  if (left !== null) throw new Error(`${file} names ${left[0]}, which is not in the package.`);
  return result;
}

function inPackage(specifier, folder) {
  for (const [part, { name }] of Object.entries(parts)) {
    if (name === undefined || !specifier.startsWith(`${name}/`)) continue;
    return relative(folder, join(part, `${specifier.slice(name.length + 1)}.js`)).replace(/^(?!\.)/, './');
  }
  return specifier.replace(/\.ts$/, '.js');
}

/** The package's package.json, with the dependencies of all parts. */
function manifest() {
  const read = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const { name, version, description, keywords, license, engines, publishConfig } = read('packages/server');
  const all = ['packages/server', 'packages/shared', 'migrations'].flatMap((folder) =>
    Object.entries(read(folder).dependencies),
  );
  const dependencies = Object.fromEntries(
    all.filter(([, specifier]) => specifier !== 'workspace:*').toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  const files = ['bin', ...Object.keys(parts), 'CHANGELOG.md'];
  const program = { type: 'module', bin: { rsolv: 'bin/rsolv.cjs' }, exports: { './package.json': './package.json' } };
  const own = { name, version, description, keywords, license, ...program, files, engines, dependencies };
  return { ...own, publishConfig: { access: publishConfig.access } };
}

function write(file, text) {
  const path = join(target, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: file.startsWith('bin/') ? 0o755 : 0o644 });
}
