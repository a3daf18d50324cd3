// SIGTERM under load: requests in flight finish, and new ones are refused.
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { expectError } from '@rsolv/test-harness/calls';
import { createDataFolder } from '@rsolv/test-harness/data-folder';
import { callRoute, commitSha, retrieveAll, type Access } from '@rsolv/test-harness/process-calls';
import { serve, firstKey } from '@rsolv/test-harness/server-process';
import { setUpKey } from '@rsolv/test-harness/set-up-key';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';
import { rounds } from '@rsolv/test-harness/tier';
import { until } from '@rsolv/test-harness/until';
import { answered, startWriters } from '@rsolv/test-harness/writers';

const repo = 'RSOLV-dev/demo';

type Outcome = { readonly status: number | undefined; readonly body: string } | { readonly code: unknown };

/** Stores, and returns how that ended. */
function tryStore({ url, apiKey, agent }: Access & { readonly agent: Agent }, commit: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const asked = request(`${url}/api/v1/phases/store`, {
      method: 'POST',
      agent,
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    });
    asked.on('error', (error) => resolve({ code: 'code' in error ? error.code : error.message }));
    asked.on('response', (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode, body }),
        () => resolve({ code: 'cut' }),
      );
    });
    asked.end(JSON.stringify({ phase: 'scan', repo, commitSha: commit, data: { commit } }));
  });
}

it('stops without cutting a request off', async () => {
  const env = { RSOLV_DATA_DIR: await createDataFolder() };
  let apiKey: string | undefined;
  for (let stop = 0; stop < rounds({ quick: 1, release: 3, faults: 50 }); stop++) {
    await using server = await serve(env);
    apiKey ??= firstKey(server);
    const access = { url: server.url, apiKey };
    const outcomes: Outcome[] = [];
    const isRefused = (outcome: Outcome) => 'code' in outcome && outcome.code === 'ECONNREFUSED';
    const write = async (writer: number) => {
      // Each keeps its connection as long as it may, as proxies and clients do.
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let count = 0; !outcomes.some(isRefused); count++) {
        outcomes.push(await tryStore({ ...access, agent }, `stopped-${stop}-${writer}-${count}`));
      }
    };
    const writing = Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(write));
    await until('stores', () => outcomes.length > 30 || undefined);
    expect(await server.end('SIGTERM')).toBe(0);
    await writing;
    const unexpected = outcomes.filter((each) => !isRefused(each) && !('status' in each && each.status === 200));
    expect(unexpected).toEqual([]);
  }
  await using next = await serve(env);
  expect((await retrieveAll({ url: next.url, apiKey: apiKey ?? '' }, repo, 'stopped-0-1-0')).body).toEqual({
    scan: { commit: 'stopped-0-1-0' },
  });
  expect((await retrieveAll({ url: next.url, apiKey: apiKey ?? '' }, repo, commitSha)).body).toEqual({});
});

it('reports that it is not ready at once, and serves until it is drained', async () => {
  const url = await createTestDatabase();
  await using server = await serve({ DATABASE_URL: url, RSOLV_DRAIN_SECONDS: '600' });
  const access = { url: server.url, apiKey: await setUpKey(url, 'acme') };
  const isReady = async () => (await callRoute(access, '/health/ready')).status === 200;
  expect(await isReady()).toBe(true);
  const writers = startWriters(access, 'acme/demo');
  await until('stores', () => answered(writers.attempts).length > 20 || undefined);
  process.kill(server.pid, 'SIGTERM');
  await until('the signal to arrive', async () => !(await isReady()) || undefined);
  expectError(await callRoute(access, '/health/ready'), 503, 'NOT_READY');
  const before = writers.attempts.length;
  await until('stores', () => answered(writers.attempts).length > before + 20 || undefined);
  await writers.stop();
  expect(writers.attempts.filter(({ status }) => status !== 200)).toEqual([]);
  // A second signal ends draining.
  expect(await server.end('SIGTERM')).toBe(0);
});
