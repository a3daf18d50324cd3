// Records the statements that this release sends to PostgreSQL. Later releases are tested with them: pnpm record-release
import { spawnSync } from 'node:child_process';
import { version } from '../src/config/version.ts';

const { status } = spawnSync('pnpm', ['exec', 'vitest', 'run', '--project', 'processes', 'test/processes/releases'], {
  stdio: 'inherit',
  env: { ...process.env, RSOLV_RECORD_RELEASE: version },
});
if (status !== 0) throw new Error(`vitest ended with ${status}`);
console.log(
  `Wrote packages/server/test/releases/${version}.jsonl. Remove the releases that nobody would roll back to.`,
);
