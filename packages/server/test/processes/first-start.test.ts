// The first start on a new data folder without a terminal, and a restart. With one: cli/first-start.test.ts
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { version } from '../../src/config/version.ts';
import { callRoute, retrieveAll } from '@rsolv/test-harness/process-calls';
import {
  firstKey,
  greetingOf,
  makeFolder,
  rsolvFile,
  serve,
  type ServerProcess,
} from '@rsolv/test-harness/server-process';
import { stopDuringUpload } from '@rsolv/test-harness/stop-during-upload';
import { until } from '@rsolv/test-harness/until';
import { z } from 'zod';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let server: ServerProcess;
let key: string;

beforeAll(async () => {
  folder = await makeFolder();
  server = await serve({ RSOLV_DATA_DIR: folder.path });
  key = firstKey(server);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

it('prints one line of JSON, which has no API key but tells where it is', async () => {
  expect(server.stdout.split('\n')).toEqual([expect.any(String), '']);
  const keyFile = join(folder.path, 'first-api-key');
  expect(greetingOf(server)).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    msg: 'running',
    version,
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    docs: `${server.url}/docs`,
    data: `${folder.path} (embedded)`,
    keyFile,
    next: expect.stringMatching(/with the GitHub namespace RSOLV-dev .*RSOLV_NAMESPACE=my-org /),
  });
  expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
  expect(server.stdout).not.toContain('rsolv_');
});

it('logs a JSON line for each request to standard error, without the API key', async () => {
  for (const path of ['/api/v1/whoami', '/nowhere']) await callRoute({ url: server.url, apiKey: key }, path);
  const log = await until('the log lines of both requests', () => {
    const lines = server.stderr.split('\n').filter((line) => line.includes('"requestId"'));
    return lines.length >= 2 && server.stderr.endsWith('\n') ? server.stderr.trim().split('\n') : undefined;
  });
  const lines = log.map((line): unknown => JSON.parse(line));
  expect(lines[0]).toMatchObject({ level: 'info', msg: 'listening', version, url: server.url });
  expect(lines[1]).toMatchObject({ level: 'info', method: 'GET', path: '/api/v1/whoami', status: 200 });
  expect(lines[2]).toMatchObject({ method: 'GET', status: 404, code: 'NOT_FOUND' });
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
  const messages = server.stderr
    .trim()
    .split('\n')
    .map((line) => z.object({ msg: z.string() }).parse(JSON.parse(line)).msg);
  expect(messages.slice(messages.indexOf('stopping'))).toEqual(['stopping', 'request completed', 'stopped']);
});

it('keeps API key and data over a restart, and tells where the key is as long as its file exists', async () => {
  const restart = async () => {
    await using restarted = await serve({ RSOLV_DATA_DIR: folder.path });
    expect(restarted.stdout).not.toContain('rsolv_');
    expect((await retrieveAll({ url: restarted.url, apiKey: key }, 'RSOLV-dev/unfinished')).body).toEqual({
      scan: { during: 'SIGINT' },
    });
    return greetingOf(restarted);
  };
  const command = `To create another, run: '${rsolvFile()}' key create --customer local`;
  const keyFile = join(folder.path, 'first-api-key');
  const next = `The API key of the first start is in ${keyFile}. ${command}`;
  expect(await restart()).toMatchObject({ keyFile, next });
  await rm(keyFile);
  const later = await restart();
  expect(later).toMatchObject({ next: `The API key was shown at the first start. ${command}` });
  expect(later).not.toHaveProperty('keyFile');
});
