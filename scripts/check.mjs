// Runs the checks and the tests: `node scripts/check.mjs [quick] [release]`, by default the quick tier. The last line counts.
// The other checks run beside the tests, and print only where they fail.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';

const tiers = process.argv.length > 2 ? process.argv.slice(2) : ['quick'];
if (tiers.some((tier) => tier !== 'quick' && tier !== 'release')) {
  process.stderr.write('Usage: node scripts/check.mjs [quick] [release]\n');
  process.exit(2);
}

const sources = ['packages/shared/src', 'packages/client/src', 'packages/server/src', 'packages/server/dev'];

/** What tests and other checks need, in this order. */
const builds = [
  { name: 'types', command: 'tsc', args: ['-b'] },
  { name: 'client: build', command: 'node', args: ['packages/client/scripts/build.mjs'] },
];

const independentChecks = [
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--quiet'] },
  { name: 'format', command: 'oxfmt', args: ['--check', '.'] },
  {
    name: 'import rules',
    command: 'depcruise',
    args: ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'migrations', ...sources],
  },
  { name: 'nothing unused', command: 'knip', args: ['--no-progress'] },
  { name: 'dependencies', command: 'node', args: ['scripts/check-dependencies.mjs'] },
  { name: 'links between documents', command: 'node', args: ['scripts/check-links.mjs'] },
  { name: 'reference pages', command: 'node', args: ['packages/server/dev/write-reference.ts', '--check'] },
  { name: 'compose file', command: 'dclint', args: ['compose.yaml'] },
  { name: 'alerts', command: 'node', args: ['scripts/check-alerts.mjs'], needs: 'promtool', isIn: 'prometheus' },
];

const checksOfBuild = [
  { name: 'client: surface', command: 'node', args: ['packages/client/scripts/api-report.mjs'] },
  { name: 'client: size', command: 'node', args: ['packages/client/scripts/check-size.mjs'] },
];

const total = { passed: 0, failed: 0, skipped: 0 };
const passedChecks = [];

const builtInTime = inOrder(builds);
const others = tiers.includes('quick')
  ? [inOrder(independentChecks), builtInTime.then(() => inOrder(checksOfBuild))]
  : [];
await builtInTime;
for (const tier of tiers) await runTests(tier);
await Promise.all(others);

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(
  `\nchecks: ${passedChecks.join(', ')}\n\n${total.passed} passed, ${total.failed} failed${skipped}\n`,
);
process.exitCode = total.failed === 0 ? 0 : 1;

/** One after the other, so that they take no more than a core from the tests. */
async function inOrder(checks) {
  for (const check of checks) await runCheck(check);
}

async function runCheck({ name, command, args, needs, isIn }) {
  if (needs !== undefined && (await run(needs, ['--version'])).status === null) {
    total.skipped += 1;
    process.stdout.write(`\n— ${name}: skipped, since ${needs} is not installed; on Debian: apt-get install ${isIn}\n`);
    return;
  }
  const { status, output, seconds } = await run(command, args);
  if (status === 0) {
    total.passed += 1;
    passedChecks.push(`${name} ${seconds} s`);
  } else {
    total.failed += 1;
    process.stdout.write(`\n— ${name}: FAILED\n${output}\n`);
  }
}

/** The run itself counts as one test, so that it fails where only its coverage is too low. */
async function runTests(tier) {
  const outcomeFile = join(tmpdir(), `rsolv-test-outcome-${process.pid}.json`);
  const isCovered = tier === 'quick';
  process.stdout.write(`\n— tests, ${tier} tier\n`);
  const reporters = ['--reporter=dot', '--reporter=./scripts/outcome-reporter.mjs'];
  const { status, seconds } = await run('vitest', ['run', ...reporters, ...(isCovered ? ['--coverage'] : [])], {
    stdio: 'inherit',
    env: { RSOLV_TEST_TIER: tier, RSOLV_TEST_OUTCOME: outcomeFile, ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }) },
  });
  // Without an outcome, vitest itself has failed.
  const outcome = existsSync(outcomeFile) ? JSON.parse(readFileSync(outcomeFile, 'utf8')) : { failed: 1 };
  rmSync(outcomeFile, { force: true });
  for (const key of Object.keys(total)) total[key] += outcome[key] ?? 0;
  const isPassed = status === 0 && outcome.failed === 0;
  total[isPassed ? 'passed' : 'failed'] += 1;
  process.stdout.write(`— tests, ${tier} tier: ${isPassed ? 'ok' : 'FAILED'}, ${seconds} s\n`);
}

/** Runs a program at a low priority unless its output is shown. */
function run(command, args, { stdio = 'pipe', env = {} } = {}) {
  const startedAt = performance.now();
  const PATH = [join(import.meta.dirname, '../node_modules/.bin'), process.env.PATH].join(delimiter);
  const child = spawn(command, args, { stdio, env: { ...process.env, PATH, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => {
    const end = (status) => resolve({ status, output, seconds: ((performance.now() - startedAt) / 1000).toFixed(1) });
    child.once('spawn', () => stdio === 'pipe' && setPriority(child.pid, 5));
    child.once('error', () => end(null));
    child.once('close', end);
  });
}
