// Behind `npm run package`: a folder that runs the platform with nothing but Node, wherever it is copied to. It holds the
// sources as they are, and of the lockfile's packages what a server loads: docs/decisions/packaging.md
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
/** Where it is made, so that the target is whole at any time. */
const folder = `${target}.new`;

/** What tells a packaged platform from any other folder. */
const packageName = 'rsolv';

/** The workspace's packages that a server is made of, and what of each it runs. */
const parts = { 'packages/server': 'src', 'packages/shared': 'src', migrations: '*.ts' };

const dispensable = [
  // Packages that are there for their types, or to count installations, and that nothing loads.
  /\/\.pnpm\/(typescript|@typescript\+[\w-]+|@types\+[\w-]+|undici-types|@scarf\+scarf)@[^/]+$/,
  // Node runs no TypeScript of packages, and is not asked for source maps.
  /\/node_modules\/.*\.([cm]?ts|map)$/,
  // The page at /docs is made of the other ones.
  /\/swagger-ui-dist\/swagger-ui(\.js|-es-.*|-standalone-.*)$/,
  // What pnpm notes down for itself, and the scripts that it puts around packages' programs: both with this machine's paths.
  /\/node_modules\/(\.modules\.yaml|\.pnpm-workspace-state.*\.json|\.pnpm\/lock\.yaml|(.*\/)?\.bin)$/,
];

if (existsSync(target) && readManifest(target)?.name !== packageName) {
  fail(`${target} is there already, and is no packaged platform. Name another folder.`);
}
rmSync(folder, { recursive: true, force: true });
copySources();
install();
prune();
const bytes = list().reduce((sum, path) => sum + lstatSync(path).size, 0);
rmSync(target, { recursive: true, force: true });
renameSync(folder, target);
const command = join(target, 'bin/rsolv');
process.stdout.write(`${(bytes / 1e6).toFixed(0)} MB in ${target}\nStart it with: node '${command}' serve\n`);

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

/** Installs what the lockfile says, without the network where pnpm's store has it; as copies, which nothing else shares. */
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

/** Takes away what a server neither loads nor reads. */
function prune() {
  for (const path of list()) {
    if (dispensable.some((pattern) => pattern.test(path))) rmSync(path, { recursive: true, force: true });
  }
  // Links to what is gone by now.
  for (const path of list()) if (!existsSync(path)) rmSync(path);
  const server = readManifest(join(folder, 'packages/server'));
  for (const part of ['.', ...Object.keys(parts)]) {
    const { name, version, license, type, exports, dependencies } = readManifest(join(folder, part));
    const own = part === '.' ? { name: packageName, version: server.version } : { name, version };
    const manifest = { ...own, private: true, license, type, engines: server.engines, exports, dependencies };
    writeFileSync(join(folder, part, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  }
}

function readManifest(parent) {
  const file = join(parent, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** All that is in the folder, by path; links are not followed, as readdir's own recursion would. */
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
