// Generates a test that calls every export of a file with a payload, and fails if the payload is executed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

const failure = 'the payload was executed';

/** Returns the code of the test. */
export const testOf = (file: string, payload: string): string => `import assert from 'node:assert/strict';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as subject from ${JSON.stringify(`../../${file}`)};

test(${JSON.stringify(`${file} does not execute its input`)}, async () => {
  process.chdir(mkdtempSync(join(tmpdir(), 'proof-')));
  for (const each of Object.values({ ...subject, ...subject.default })) {
    try {
      await each(${JSON.stringify(payload)});
    } catch {
      // Rejecting the payload is fine.
    }
  }
  assert.ok(!existsSync('ran'), '${failure}');
});
`;

/**
 * Runs the test of an issue.
 *
 * @throws Error if it fails for another reason, for example because the file can't be loaded
 */
export function passes(issueNumber: number, testCode: string): boolean {
  const path = `.rsolv/tests/issue-${issueNumber}.test.mjs`;
  mkdirSync('.rsolv/tests', { recursive: true });
  writeFileSync(path, testCode);
  // This runs the application's code, which must not see the action's secrets.
  const env = { PATH: process.env['PATH'], TMPDIR: process.env['RUNNER_TEMP'] };
  const { status, stdout, stderr } = spawnSync(process.execPath, [path], { env, encoding: 'utf8', timeout: 60_000 });
  if (status !== 0 && !stdout.includes(failure)) throw new Error(`${path} could not be run: ${stdout}${stderr}`);
  return status === 0;
}
