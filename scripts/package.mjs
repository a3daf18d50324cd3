// `npm run package`: creates a folder that runs the platform with only Node.js, wherever it is copied. It contains the
// unmodified sources, those files of the locked packages that a server loads, and the documents of operators. See
// docs/decisions/packaging.md.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = resolve(process.argv[2] ?? join(root, 'dist/rsolv'));
/** The folder is built here and then renamed, so that the target is always complete. */
const folder = `${target}.new`;

/** Distinguishes a packaged platform from other folders. */
const packageName = 'rsolv';

/** The packages of the workspace that a server consists of, and the files that it needs of each. */
const parts = { 'packages/server': 'src', 'packages/shared': 'src', migrations: '*.ts' };

/** What operators read and use, and where it is in the folder. */
const documents = {
  'packaging/README.md': 'README.md',
  'packaging/rsolv.service': 'rsolv.service',
  monitoring: 'monitoring',
  'docs/README.md': 'docs/README.md',
  'docs/glossary.md': 'docs/glossary.md',
  'docs/operate': 'docs/operate',
  'docs/reference': 'docs/reference',
  'docs/integrate': 'docs/integrate',
};

const dispensable = [
  // Packages that only provide types or count installations. Nothing loads them.
  /\/\.pnpm\/(typescript|@typescript\+[\w-]+|@types\+[\w-]+|undici-types|@scarf\+scarf)@[^/]+$/,
  // Node.js does not run TypeScript from packages, and source maps are not enabled.
  /\/node_modules\/.*\.([cm]?ts|map)$/,
  // The page at /docs uses the other bundles.
  /\/swagger-ui-dist\/swagger-ui(\.js|-es-.*|-standalone-.*)$/,
  // pnpm's own state and its wrapper scripts, which both contain paths of this machine.
  /\/node_modules\/(\.modules\.yaml|\.pnpm-workspace-state.*\.json|\.pnpm\/lock\.yaml|(.*\/)?\.bin)$/,
];

if (existsSync(target) && readManifest(target)?.name !== packageName) {
  fail(`${target} is there already, and is no packaged platform. Name another folder.`);
}
rmSync(folder, { recursive: true, force: true });
copySources();
copyDocuments();
install();
prune();
const bytes = list().reduce((sum, path) => sum + lstatSync(path).size, 0);
rmSync(target, { recursive: true, force: true });
renameSync(folder, target);
const command = join(target, 'bin/rsolv');
// The Node.js of this process, which may be one that npm has fetched: an older one in the PATH would not do.
process.stdout.write(`${(bytes / 1e6).toFixed(0)} MB in ${target}, for Node.js 24 or later
Start it with: ${quote(process.execPath)} ${quote(command)} serve
`);

function copySources() {
  for (const [part, files] of Object.entries(parts)) {
    for (const file of globSync([files, 'package.json'], { cwd: join(root, part) })) {
      cpSync(join(root, part, file), join(folder, part, file), { recursive: true });
    }
  }
  for (const file of ['bin', 'LICENSE', 'package.json', 'pnpm-lock.yaml']) {
    cpSync(join(root, file), join(folder, file), { recursive: true });
  }
}

/** Copies what operators need. A link to a file that is not in the folder becomes plain text. */
function copyDocuments() {
  for (const [from, to] of Object.entries(documents)) cpSync(join(root, from), join(folder, to), { recursive: true });
  for (const file of globSync('{*.md,docs/**/*.md}', { cwd: folder })) {
    const path = join(folder, file);
    // The README is one folder higher here than in the repository.
    const text =
      file === 'README.md' ? readFileSync(path, 'utf8').replaceAll('](../', '](') : readFileSync(path, 'utf8');
    const linked = text.replaceAll(/!?\[([^\]\n]*)\]\(([^)\s]+)\)/g, (link, label, address) => {
      const isHere = /^(https?:|#)/.test(address) || existsSync(join(dirname(path), address.replace(/#.*/, '')));
      return isHere ? link : label;
    });
    writeFileSync(path, linked);
  }
}

/** Installs the locked packages, from pnpm's store if possible. Copies the files, so that they are not shared with the store. */
function install() {
  const workspace = join(folder, 'pnpm-workspace.yaml');
  writeFileSync(workspace, `packages: ${JSON.stringify(Object.keys(parts))}\n`);
  const options = ['--prod', '--frozen-lockfile', '--prefer-offline', '--ignore-scripts', '--config.hoist=false'];
  const { status, stdout, stderr } = spawnSync('pnpm', ['install', ...options], {
    cwd: folder,
    env: { npm_config_package_import_method: 'copy', ...process.env, CI: 'true' },
    encoding: 'utf8',
  });
  if (status !== 0) fail(`${stdout}${stderr}pnpm could not install the packages.`);
  rmSync(workspace);
  rmSync(join(folder, 'pnpm-lock.yaml'));
}

/** Removes the files that a server neither loads nor reads. */
function prune() {
  for (const path of list()) {
    if (dispensable.some((pattern) => pattern.test(path))) rmSync(path, { recursive: true, force: true });
  }
  // Links to removed files.
  for (const path of list()) if (!existsSync(path)) rmSync(path);
  const server = readManifest(join(folder, 'packages/server'));
  for (const part of ['.', ...Object.keys(parts)]) {
    const { name, version, license, type, exports, dependencies } = readManifest(join(folder, part));
    const own = part === '.' ? { name: packageName, version: server.version } : { name, version };
    const manifest = { ...own, private: true, license, type, engines: server.engines, exports, dependencies };
    writeFileSync(join(folder, part, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  }
}

function quote(path) {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

function readManifest(parent) {
  const file = join(parent, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** Returns the paths of everything in the folder. Unlike readdir's own recursion, it does not follow links. */
function list(parent = folder, paths = []) {
  for (const each of readdirSync(parent, { withFileTypes: true })) {
    const path = join(parent, each.name);
    paths.push(path);
    if (each.isDirectory()) list(path, paths);
  }
  return paths;
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
