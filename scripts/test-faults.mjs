// Behind `npm run test:faults`: the same tests of faults as in `npm test`, each fault as often as README says.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync('pnpm', ['exec', 'vitest', 'run', '--project', 'faults', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, RSOLV_TEST_FAULTS: 'full' },
});
process.exitCode = status ?? 1;
