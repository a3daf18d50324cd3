// What lies between a server and its PostgreSQL cuts connections, or stalls, under load: requests get 503 or succeed,
// nobody waits for long, and the server goes on by itself.
import { createClient } from '@rsolv/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../src/database.ts';
import { amount } from '../harness/amount.ts';
import { expectError } from '../harness/calls.ts';
import { callRoute, commitSha, retrieveAll, storeScan, type Access } from '../harness/process-calls.ts';
import { serve } from '../harness/server-process.ts';
import { setUpKey } from '../harness/set-up-key.ts';
import { createTestDatabase } from '../harness/shared-postgres.ts';
import { startTcpProxy } from '../harness/tcp-proxy.ts';
import { until } from '../harness/until.ts';
import { answered, startWriters } from '../harness/writers.ts';

const repo = 'acme/demo';
const timeoutSeconds = 1;

/** As long as a request may take: the wait for a connection, the wait for its answer, and what a busy machine adds. */
const patienceMs = 5000 + timeoutSeconds * 1000 + 4000;

let url: string;
let apiKey: string;

beforeAll(async () => {
  url = await createTestDatabase();
  await using server = await serve({ DATABASE_URL: url });
  await server.end('SIGTERM');
  apiKey = await setUpKey(url, 'acme');
});

async function startBehindProxy() {
  const stack = new AsyncDisposableStack();
  const proxy = stack.use(await startTcpProxy(url));
  const server = stack.use(await serve({ DATABASE_URL: proxy.url, DATABASE_TIMEOUT: String(timeoutSeconds) }));
  const access: Access = { url: server.url, apiKey };
  return { proxy, server, access, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** How often each commit is stored. */
async function countByCommit(): Promise<Map<string, number>> {
  const database = await openDatabase({ kind: 'postgres', url, poolSize: 1, timeoutMs: 10_000 });
  const rows = await database.kysely
    .selectFrom('scan_executions')
    .select(({ fn }) => ['commit_sha', fn.countAll().as('count')])
    .groupBy('commit_sha')
    .execute();
  await database.close();
  return new Map(rows.map(({ commit_sha, count }) => [commit_sha, Number(count)]));
}

it('connections that are cut cost a request each, and nothing that was answered', async () => {
  await using behind = await startBehindProxy();
  const writers = startWriters(behind.access, repo);
  for (let cut = 0; cut < amount(5, 100); cut++) {
    const before = answered(writers.attempts).length;
    await until('stores', () => answered(writers.attempts).length > before + 10 || undefined);
    behind.proxy.cut();
  }
  await writers.stop();
  const refused = writers.attempts.filter(({ status }) => status !== 200);
  expect(refused.filter(({ status, retryAfter }) => status !== 503 || !/^\d+$/.test(retryAfter ?? ''))).toEqual([]);
  expect(refused.length).toBeGreaterThan(0);
  const counts = await countByCommit();
  expect(answered(writers.attempts).filter(({ commit }) => counts.get(commit) !== 1)).toEqual([]);
});

it('a database that says nothing is given up on, and asked again once it speaks', async () => {
  await using behind = await startBehindProxy();
  const { access, proxy } = behind;
  for (let stall = 0; stall < amount(1, 20); stall++) {
    const writers = startWriters(access, repo);
    await until('stores', () => answered(writers.attempts).length > 20 || undefined);
    proxy.stall();
    const startedAt = performance.now();
    expectError(await callRoute(access, '/health/ready'), 503, 'NOT_READY');
    expect(await callRoute(access, '/health')).toMatchObject({ status: 200 });
    for (const refused of await Promise.all([
      storeScan(access, repo, { never: true }, 'never'),
      retrieveAll(access, repo),
      callRoute(access, '/api/v1/whoami'),
    ])) {
      expectError(refused, 503, 'DATABASE_UNAVAILABLE');
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    }
    expect(performance.now() - startedAt).toBeLessThan(2 * patienceMs);
    proxy.flow();
    await until('readiness', async () => (await callRoute(access, '/health/ready')).status === 200 || undefined);
    const back = answered(writers.attempts).length;
    await until('stores', () => answered(writers.attempts).length > back + 20 || undefined);
    await writers.stop();
    expect(writers.attempts.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
    expect(Math.max(...writers.attempts.map(({ ms }) => ms))).toBeLessThan(patienceMs);
    const counts = await countByCommit();
    expect(answered(writers.attempts).filter(({ commit }) => counts.get(commit) !== 1)).toEqual([]);
  }
});

it("the client's retries store everything once, whatever happens to the connections", async () => {
  await using behind = await startBehindProxy();
  const { access, proxy } = behind;
  const client = createClient({ apiKey, baseUrl: access.url, retryDelayMs: (attempt) => 50 * attempt });
  const commits = Array.from({ length: amount(60, 1000) }, (_, number) => `retried-${number}`);
  const interrupting = new AbortController();
  const interrupted = (async () => {
    while (!interrupting.signal.aborted) {
      await sleep(150);
      proxy.cut();
    }
  })();
  const waiting = [...commits];
  const worker = async () => {
    for (let commit = waiting.pop(); commit !== undefined; commit = waiting.pop()) {
      await client.phases.store.mutate({ phase: 'scan', repo, commitSha: commit, data: { commit } });
    }
  };
  await Promise.all([1, 2, 3, 4].map(worker));
  interrupting.abort();
  await interrupted;
  const counts = await countByCommit();
  expect(commits.filter((commit) => counts.get(commit) !== 1)).toEqual([]);
  expect((await retrieveAll(access, repo, commitSha)).status).toBe(200);
});
