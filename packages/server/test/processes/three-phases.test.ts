// The example three-phases, run against a server on each database.
import { readFile, symlink } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { freePort } from '@rsolv/test-harness/postgres-server';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';
import { commitSha, callRoute, type Access } from '@rsolv/test-harness/process-calls';
import { serve } from '@rsolv/test-harness/cli';
import { createDataFolder } from '@rsolv/test-harness/data-folder';
import { makeFolder, run, firstKey } from '@rsolv/test-harness/server-process';
import { setUpKey } from '@rsolv/test-harness/set-up-key';

const folder = join(import.meta.dirname, '../../../../examples/three-phases');
const hasJq = spawnSync('bash', ['-c', 'command -v jq']).status === 0;
const bash = { name: 'bash', program: [join(folder, 'three-phases.sh')], runs: hasJq } as const;
const typescript = { name: 'TypeScript', program: ['node', join(folder, 'three-phases.ts')], runs: true } as const;
const demos = [bash, typescript];
const titleOf = ({ name, runs }: (typeof demos)[number]) => (runs ? name : `${name} (skipped: jq is not installed)`);

const owner = 'RSOLV-dev';
const readScan = async () =>
  z
    .object({ vulnerabilities: z.array(z.looseObject({ filePath: z.string(), line: z.number() })).min(100) })
    .loose()
    .parse(JSON.parse(await readFile(join(folder, 'scan.json'), 'utf8')));

/** The last lines of a demo's output. */
const summary = (repo: string) => `
What the platform knows of ${repo}, issue 42:
  scan        118 findings: 26 critical, 47 high, 28 medium, 17 low
  validation  NoSQL Injection: MongoDB injection vulnerability (CWE-943), app/data/allocations-dao.js:73
              1 failing test in test/security/issue-42.test.js
  mitigation  https://github.com/${repo}/pull/142, pull request 142, 1 file changed
              Sanitize user input and use parameterized queries
`;

const stack = new AsyncDisposableStack();
const platforms = new Map<string, Access>();

beforeAll(async () => {
  const url = await createTestDatabase();
  const [embedded, onPostgres] = await Promise.all([
    serve({ RSOLV_DATA_DIR: await createDataFolder() }),
    serve({ DATABASE_URL: url }),
  ]);
  stack.use(embedded);
  stack.use(onPostgres);
  platforms.set('the embedded database', { url: embedded.url, apiKey: firstKey(embedded) });
  platforms.set('PostgreSQL', { url: onPostgres.url, apiKey: await setUpKey(url, owner) });
});
afterAll(() => stack.disposeAsync());

describe.concurrent.each(['the embedded database', 'PostgreSQL'])('on %s', (database) => {
  const accessTo = () => platforms.get(database) ?? { url: '', apiKey: '' };
  const runDemo = ({ program }: (typeof demos)[number], args: string[]) =>
    run([...program, ...args], { RSOLV_API_URL: accessTo().url, RSOLV_API_KEY: accessTo().apiKey });

  for (const demo of demos) {
    it.skipIf(!demo.runs)(`${titleOf(demo)}: each phase builds on what those before have stored`, async () => {
      const repo = `${owner}/demo-in-${demo.name}`;
      const { code, stdout, stderr } = await runDemo(demo, [repo]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(
        /^SCAN {6}at 692f480c: 118 findings, stored as \S+\nVALIDATE {2}at .*\nMITIGATE {2}at .*\n/,
      );
      expect(stdout.split('\n').slice(3).join('\n')).toBe(summary(repo));

      const scan = await readScan();
      const finding = scan.vulnerabilities.find(({ filePath, line }) => /allocations/.test(filePath) && line === 73);
      const query = new URLSearchParams({ repo, issue: '42', commit: commitSha });
      const { body } = await callRoute(accessTo(), `/api/v1/phases/retrieve?${query.toString()}`);
      expect(body).toMatchObject({
        scan,
        validation: { 'issue-42': { validated: true, vulnerabilities: [finding], testResults: { failed: 1 } } },
        mitigation: { 'issue-42': { pr_number: 142, files_changed: 1, fixes: [{ file: finding?.filePath }] } },
      });
      expect(body).toMatchObject({
        validation: { 'issue-42': { testCode: expect.stringContaining("require('../../app/data/allocations-dao')") } },
      });
    });

    it.skipIf(!demo.runs)(`${titleOf(demo)}: stops with the platform's words where it may not store`, async () => {
      const { code, stdout, stderr } = await runDemo(demo, ['somebody-else/demo']);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^[^\n]*no github forge account for "somebody-else"[^\n]*rsolv forge add[^\n]*\n$/);
    });
  }
});

describe.each(demos)('$name, before anything is stored', (demo) => {
  it.skipIf(!demo.runs)('says that no platform answers, or that the key is missing', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const unanswered = await run([...demo.program], { RSOLV_API_URL: url, RSOLV_API_KEY: 'some-key' });
    expect(unanswered).toMatchObject({ code: 1, stdout: '' });
    expect(unanswered.stderr).toContain(`no answer from ${url}; is the platform running there?\n`);
    const keyless = await run([...demo.program], { RSOLV_API_URL: url });
    expect(keyless).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^[^\n]*RSOLV_API_KEY\n$/) });
  });
});

it.concurrent.each(['curl', 'jq'])('bash says in one line that %s is missing', async (missing) => {
  await using bin = await makeFolder();
  for (const tool of ['bash', 'dirname', 'basename', 'curl', 'jq'].filter((each) => each !== missing)) {
    const { stdout } = await run(['which', tool]);
    if (stdout !== '') await symlink(stdout.trim(), join(bin.path, tool));
  }
  const { code, stdout, stderr } = await run(['/usr/bin/env', `PATH=${bin.path}`, 'bash', bash.program[0]]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(
    new RegExp(`^three-phases\\.sh: needs ${hasJq ? missing : '(curl|jq)'}, which is not installed\\n$`),
  );
});
