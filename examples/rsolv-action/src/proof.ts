// A test that calls whatever a file exports with a payload, and fails where the payload runs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

const failure = 'what it was given ran';

/** The test's code. */
export const testOf = (file: string, payload: string): string => `import assert from 'node:assert/strict';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as subject from ${JSON.stringify(`../../${file}`)};

test(${JSON.stringify(`${file} does not run what it is given`)}, async () => {
  process.chdir(mkdtempSync(join(tmpdir(), 'proof-')));
  for (const each of Object.values({ ...subject, ...subject.default })) {
    try {
      await each(${JSON.stringify(payload)});
    } catch {
      // To refuse it is fine.
    }
  }
  assert.ok(!existsSync('ran'), '${failure}');
});
`;

/**
 * Runs an issue's test.
 *
 * @throws Error where it neither passes nor fails by what it is about, as where the file can't be loaded
 */
export function passes(issueNumber: number, testCode: string): boolean {
  const path = `.rsolv/tests/issue-${issueNumber}.test.mjs`;
  mkdirSync('.rsolv/tests', { recursive: true });
  writeFileSync(path, testCode);
  // The application's code runs here, so it gets none of the action's secrets.
  const env = { PATH: process.env['PATH'], TMPDIR: process.env['RUNNER_TEMP'] };
  const { status, stdout, stderr } = spawnSync(process.execPath, [path], { env, encoding: 'utf8', timeout: 60_000 });
  if (status !== 0 && !stdout.includes(failure)) throw new Error(`${path} could not be run: ${stdout}${stderr}`);
  return status === 0;
}
