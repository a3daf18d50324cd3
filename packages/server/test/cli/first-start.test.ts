// The first start on a terminal and the commands that it prints. Without a terminal: processes/first-start.test.ts
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveInTerminal, type RunningServer } from '@rsolv/test-harness/cli';
import { createDataFolder } from '@rsolv/test-harness/data-folder';
import { commitSha, callRoute } from '@rsolv/test-harness/process-calls';
import { run } from '@rsolv/test-harness/server-process';
import { version } from '../../src/config/version.ts';

let dataDir: string;
let server: RunningServer;
let key: string;

beforeAll(async () => {
  dataDir = await createDataFolder();
  server = await serveInTerminal({ RSOLV_DATA_DIR: dataDir }, /URL +(\S+)\n[^]*RSOLV_NAMESPACE=/);
  key = /^ {2}(rsolv_\w{49})$/m.exec(server.stdout)?.[1] ?? '';
});
afterAll(() => server[Symbol.asyncDispose]());

const vulnerability = { type: 'command_injection', severity: 'critical', filePath: 'Gruntfile.js', line: 14 };
const prUrl = 'https://github.com/RSOLV-dev/demo/pull/43';
const scan = { scan: { vulnerabilities: [vulnerability] } };
const validation = { validation: { 'issue-42': { validated: true, testPath: 'test/gruntfile.test.js' } } };
const fixes = [{ file: 'Gruntfile.js' }];
const mitigation = { mitigation: { 'issue-42': { prUrl, fixes, pr_url: prUrl, pr_number: 43, files_changed: 1 } } };

const lines = () => server.stdout.split('\n');
const curlLines = () => lines().filter((line) => line.startsWith('curl '));

it('prints URL, data folder, the API key once, and a curl command for each phase', () => {
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(lines()).toEqual(
    expect.arrayContaining([
      `RSOLV phase data platform ${version}`,
      `  API docs   ${server.url}/docs`,
      `  Data       ${dataDir} (embedded)`,
    ]),
  );
  expect(server.stdout).toContain('with the GitHub namespace RSOLV-dev');
  const otherLines = lines().filter((line) => line.includes(key) && !line.startsWith('curl '));
  expect(otherLines).toEqual([`  ${key}`]);
  expect(curlLines()).toHaveLength(3);
});

it.each([
  ['scan', 0, scan],
  ['validation', 1, { ...scan, ...validation }],
  ['mitigation', 2, { ...scan, ...validation, ...mitigation }],
])('prints a curl command of the %s that stores it and retrieves all phases so far', async (phase, line, all) => {
  const { code, stdout, stderr } = await run(['bash', '-c', curlLines()[line] ?? '']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const answers = stdout
    .trim()
    .split('\n')
    .map((answer): unknown => JSON.parse(answer));
  expect(answers).toEqual([{ success: true, id: expect.any(String), phase }, all]);
});

it('says how to store for another organization', () => {
  expect(server.stdout).toContain('rsolv setup --customer local --namespace my-org --no-key');
  expect(server.stdout).toContain('RSOLV_NAMESPACE=my-org rsolv serve');
});

it('keeps API key and data over a restart, does not print the key again, and says how to create another', async () => {
  await server.stop();
  server = await serveInTerminal({ RSOLV_DATA_DIR: dataDir }, /URL +(\S+)\n[^]*key create/);
  expect(server.stdout).not.toContain('rsolv_');
  expect(server.stdout).toContain('To create another, run: rsolv key create --customer local\n');
  const path = `/api/v1/phases/retrieve?repo=RSOLV-dev/demo&issue=42&commit=${commitSha}`;
  const all = { ...scan, ...validation, ...mitigation };
  expect((await callRoute({ url: server.url, apiKey: key }, path)).body).toEqual(all);
});
