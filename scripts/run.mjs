// Behind `npm start`, `npm test`, `npm run rsolv` and the like: brings what a bare machine lacks, then runs the
// wanted thing. Needs Node 20 and npm, and no packages: it is what installs them.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const rsolv = ['packages/server/src/cli/rsolv.ts'];

/** What npm scripts call, which arguments it gets, and whether it needs the tools that only checks need. */
const commands = {
  serve: { script: [...rsolv, 'serve'], scope: 'production' },
  rsolv: { script: rsolv, scope: 'production' },
  check: { script: ['scripts/check.mjs'], scope: 'everything' },
  package: { script: ['scripts/package.mjs'], scope: 'production' },
  bench: { script: ['bench/src/bench.ts'], scope: 'everything' },
  faults: { script: ['scripts/test-faults.mjs'], scope: 'everything' },
};

/** The oldest Node that runs TypeScript and locks data folders without a warning, and the one to get where it is older. */
const oldestNode = 24;
const nodeToGet = '24.21.0';

const [name = '', ...args] = process.argv.slice(2);
const command = commands[name];
if (command === undefined) {
  fail(`scripts/run.mjs takes one of: ${Object.keys(commands).join(', ')}`);
}

const tools = findTools();
const env = { ...process.env, PATH: `${tools}${delimiter}${process.env.PATH ?? ''}` };
install(command.scope);
run([...command.script, ...args]);

/** The folder with the pnpm that package.json pins and a Node that is new enough, fetched by npm where need be. */
function findTools() {
  const remembered = join(root, 'node_modules/.tools');
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const isNodeNewEnough = Number(process.versions.node.split('.')[0]) >= oldestNode;
  const wanted = [packageManager, ...(isNodeNewEnough ? [] : [`node@${nodeToGet}`])];
  if (existsSync(remembered)) {
    const { packages, folder } = JSON.parse(readFileSync(remembered, 'utf8'));
    if (packages === wanted.join(' ') && existsSync(join(folder, 'pnpm'))) return folder;
  }
  const printFolder = 'console.log(process.env.PATH.split(require("node:path").delimiter)[0])';
  const npx = ['exec', '--yes', ...wanted.map((each) => `--package=${each}`), '--', 'node', '-e', printFolder];
  const { status, stdout } = spawnSync('npm', npx, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) fail(`npm could not fetch ${wanted.join(' and ')}.`);
  const folder = stdout.trim();
  mkdirSync(dirname(remembered), { recursive: true });
  writeFileSync(remembered, JSON.stringify({ packages: wanted.join(' '), folder }));
  return folder;
}

/** Installs the packages, unless they are what the lockfile says already. */
function install(scope) {
  const stamp = join(root, 'node_modules/.installed');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (installed === `${lock} everything` || installed === `${lock} ${scope}`) return;
  // What checks need stays where it is, be it from here or from a contributor's own pnpm install.
  const wholeScope = hasDevDependencies() ? 'everything' : scope;
  const options = ['install', '--frozen-lockfile', ...(wholeScope === 'production' ? ['--prod'] : [])];
  process.stderr.write('Installing packages…\n');
  const { status, stdout, stderr } = spawnSync('pnpm', options, {
    cwd: root,
    env: { ...env, CI: 'true' },
    encoding: 'utf8',
  });
  if (status !== 0) fail(`${stdout}${stderr}pnpm could not install the packages.`);
  writeFileSync(stamp, `${lock} ${wholeScope}`);
}

function hasDevDependencies() {
  const state = join(root, 'node_modules/.modules.yaml');
  return existsSync(state) && /"devDependencies": true/.test(readFileSync(state, 'utf8'));
}

/** Runs the script until it ends, passing on the signals that tell it to. */
function run(script) {
  const child = spawn('node', script, { cwd: root, env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(error.message));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
