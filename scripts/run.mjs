// Behind `npm start`, `npm test`, `npm run rsolv` and the like: brings what a bare machine lacks, then runs the
// wanted thing. Needs Node 20 and npm, and no packages: it is what installs them.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const rsolv = ['packages/server/src/main.ts'];

/** The commands of npm scripts, and whether they need development dependencies. */
const commands = {
  serve: { script: [...rsolv, 'serve'], scope: 'production' },
  rsolv: { script: rsolv, scope: 'production' },
  check: { script: ['scripts/check.mjs'], scope: 'everything' },
  package: { script: ['scripts/package.mjs'], scope: 'production' },
  'client-tarball': { script: ['scripts/client-tarball.mjs'], scope: 'everything' },
  demo: { script: ['examples/three-phases/three-phases.ts'], scope: 'production' },
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

const tools = await findTools();
const env = { ...process.env, PATH: `${tools}${delimiter}${process.env.PATH ?? ''}` };
await install(command.scope);
run([...command.script, ...args]);

/** The folder with the pnpm that package.json pins and a Node that is new enough, fetched by npm where need be. */
async function findTools() {
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
  const { status, stdout, stderr } = await runAside(`Fetching ${wanted.join(' and ')}`, ['npm', ...npx], process.env);
  if (status !== 0) fail(`${stderr}npm could not fetch ${wanted.join(' and ')}.`);
  const folder = stdout.trim();
  mkdirSync(dirname(remembered), { recursive: true });
  writeFileSync(remembered, JSON.stringify({ packages: wanted.join(' '), folder }));
  return folder;
}

/** Installs the packages, unless they are what the lockfile says already. */
async function install(scope) {
  const stamp = join(root, 'node_modules/.installed');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (installed === `${lock} everything` || installed === `${lock} ${scope}`) return;
  // What checks need stays where it is, be it from here or from a contributor's own pnpm install.
  const wholeScope = hasDevDependencies() ? 'everything' : scope;
  const options = ['install', '--frozen-lockfile', ...(wholeScope === 'production' ? ['--prod'] : [])];
  const { status, stdout, stderr } = await runAside('Installing packages', ['pnpm', ...options], {
    ...env,
    CI: 'true',
  });
  if (status !== 0) fail(`${stdout}${stderr}pnpm could not install the packages.`);
  writeFileSync(stamp, `${lock} ${wholeScope}`);
}

function hasDevDependencies() {
  const state = join(root, 'node_modules/.modules.yaml');
  return existsSync(state) && /"devDependencies": true/.test(readFileSync(state, 'utf8'));
}

/** Runs a program whose output is of interest only where it fails, and tells what it does; on a terminal, how long already. */
async function runAside(what, [program, ...args], env) {
  const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (chunk) => {
      output[name] += chunk;
    });
  }
  const hideProgress = showProgress(what);
  const status = await new Promise((resolve) => {
    child.once('error', (error) => {
      output.stderr += `${error.message}\n`;
      resolve(null);
    });
    child.once('close', resolve);
  });
  hideProgress();
  return { status, ...output };
}

/** Returns what takes it away again. */
function showProgress(what) {
  const { stderr } = process;
  // Without colours, as on TERM=dumb, there may be no way back on a line either.
  if (!stderr.isTTY || !stderr.hasColors()) {
    stderr.write(`${what}…\n`);
    return () => {};
  }
  const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
  const startedAt = Date.now();
  const draw = () => {
    const elapsed = Date.now() - startedAt;
    stderr.write(
      `\r\x1b[K${frames[Math.floor(elapsed / 100) % frames.length]} ${what}… ${Math.floor(elapsed / 1000)} s`,
    );
  };
  const timer = setInterval(draw, 100);
  return () => {
    clearInterval(timer);
    stderr.write('\r\x1b[K');
  };
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
