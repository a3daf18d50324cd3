// The first start on a new data folder, the commands that it prints, and a restart.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { version } from '../../src/config/version.ts';
import { commitSha, callRoute, retrieveAll } from '@rsolv/test-harness/process-calls';
import { makeFolder, rsolvFile, run, serve, shownKey, type ServerProcess } from '@rsolv/test-harness/server-process';
import { stopDuringUpload } from '@rsolv/test-harness/stop-during-upload';
import { until } from '@rsolv/test-harness/until';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let server: ServerProcess;
let key: string;

beforeAll(async () => {
  folder = await makeFolder();
  server = await serve({ RSOLV_DATA_DIR: folder.path });
  key = shownKey(server);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const vulnerability = { type: 'command_injection', severity: 'critical', filePath: 'Gruntfile.js', line: 14 };
const prUrl = 'https://github.com/RSOLV-dev/demo/pull/43';
const scan = { scan: { vulnerabilities: [vulnerability] } };
const validation = { validation: { 'issue-42': { validated: true, testPath: 'test/gruntfile.test.js' } } };
const fixes = [{ file: 'Gruntfile.js' }];
const mitigation = { mitigation: { 'issue-42': { prUrl, fixes, pr_url: prUrl, pr_number: 43, files_changed: 1 } } };

const curlLines = () => server.stdout.split('\n').filter((line) => line.startsWith('curl '));

it('prints URL, data folder, the API key once, and a curl command for each phase', () => {
  const [first, second] = server.stdout.split('\n');
  expect(first).toBe(`RSOLV phase data platform ${version}: ${server.url}, API documentation: ${server.url}/docs`);
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(second).toBe(`Data: ${folder.path} (embedded)`);
  expect(server.stdout).toContain('with the GitHub namespace RSOLV-dev');
  const otherLines = server.stdout.split('\n').filter((line) => line.includes(key) && !line.startsWith('curl '));
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

it('logs a JSON line for each request to standard error, without the API key', async () => {
  const log = await until('the log lines of six requests', () => {
    const lines = server.stderr.split('\n').filter((line) => line.includes('"requestId"'));
    return lines.length >= 6 && server.stderr.endsWith('\n') ? server.stderr.trim().split('\n') : undefined;
  });
  const lines = log.map((line): unknown => JSON.parse(line));
  expect(lines[0]).toMatchObject({ level: 30, msg: 'listening', version, url: server.url });
  expect(lines[1]).toMatchObject({ method: 'POST', path: '/api/v1/phases/store', status: 200 });
  expect(server.stderr).not.toContain(key);
});

it('finishes the request in flight when it is stopped with Ctrl-C', async () => {
  const scan = { url: server.url, apiKey: key, repo: 'RSOLV-dev/unfinished' };
  expect(await stopDuringUpload(server, 'SIGINT', scan)).toEqual({
    status: 200,
    body: expect.stringContaining('"success":true'),
    // The client must not reuse the connection.
    connection: 'close',
    code: 0,
  });
});

it('keeps API key and data over a restart, and does not print the key again', async () => {
  server = await serve({ RSOLV_DATA_DIR: folder.path });
  expect(server.stdout).not.toContain('rsolv_');
  expect(server.stdout).toContain(
    `To create another, stop the server and run: '${rsolvFile()}' key create --customer NAME`,
  );
  const access = { url: server.url, apiKey: key };
  const path = `/api/v1/phases/retrieve?repo=RSOLV-dev/demo&issue=42&commit=${commitSha}`;
  expect((await callRoute(access, path)).body).toEqual({ ...scan, ...validation, ...mitigation });
  expect((await retrieveAll(access, 'RSOLV-dev/unfinished')).body).toEqual({ scan: { during: 'SIGINT' } });
});
