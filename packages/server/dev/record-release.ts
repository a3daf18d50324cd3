// Keeps the statements that this release sends to PostgreSQL, for later ones to be tested with: pnpm record-release <version>
import { spawnSync } from 'node:child_process';

const [release] = process.argv.slice(2);
if (release === undefined || !/^\d+\.\d+\.\d+$/.test(release)) {
  throw new Error('Say which release it is: pnpm record-release 1.2.0');
}
const { status } = spawnSync('pnpm', ['exec', 'vitest', 'run', '--project', 'processes', 'test/processes/releases'], {
  stdio: 'inherit',
  env: { ...process.env, RSOLV_RECORD_RELEASE: release },
});
if (status !== 0) throw new Error(`vitest ended with ${status}`);
console.log(`Wrote packages/server/test/releases/${release}.jsonl; take those away that nobody would go back to.`);
