// Behind `npm run test:faults`: the tests of faults, with many more rounds than in both tiers.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync('pnpm', ['exec', 'vitest', 'run', '--project', 'faults', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, RSOLV_TEST_TIER: 'release', RSOLV_TEST_FAULTS: 'full' },
});
process.exitCode = status ?? 1;
