// What lies between a server and its PostgreSQL cuts connections, or stalls, under load: requests get 503 or succeed,
// nobody waits for long, and the server goes on by itself.
import { afterAll, expect, it } from 'vitest';
import { amount } from '@rsolv/test-harness/amount';
import { expectError } from '@rsolv/test-harness/calls';
import { startDatabaseBehindProxy } from '@rsolv/test-harness/database-behind-proxy';
import { startPostgres } from '@rsolv/test-harness/postgres-server';
import { callRoute, retrieveAll, storeScan } from '@rsolv/test-harness/process-calls';
import { until } from '@rsolv/test-harness/until';
import { answered, startWriters } from '@rsolv/test-harness/writers';

const repo = 'acme/demo';
const timeoutSeconds = 1;

/** As long as a request may take: the wait for a connection, the wait for its answer, and what a busy machine adds. */
const patienceMs = 5000 + timeoutSeconds * 1000 + 4000;

const database = await startDatabaseBehindProxy();
afterAll(() => database[Symbol.asyncDispose]());

const serveBehind = () => database.serve({ DATABASE_TIMEOUT: String(timeoutSeconds) });

it('connections that are cut cost a request each, and nothing that was answered', async () => {
  await using server = await serveBehind();
  const writers = startWriters(server, repo);
  for (let cut = 0; cut < amount(3, 100); cut++) {
    const before = answered(writers.attempts).length;
    await until('stores', () => answered(writers.attempts).length > before + 10 || undefined);
    database.cut();
  }
  await writers.stop();
  const refused = writers.attempts.filter(({ status }) => status !== 200);
  expect(refused.filter(({ status, retryAfter }) => status !== 503 || !/^\d+$/.test(retryAfter ?? ''))).toEqual([]);
  expect(refused.length).toBeGreaterThan(0);
  const counts = await database.countByCommit();
  expect(answered(writers.attempts).filter(({ commit }) => counts.get(commit) !== 1)).toEqual([]);
});

it('a database that says nothing is given up on, and asked again once it speaks', async () => {
  await using server = await serveBehind();
  for (let stall = 0; stall < amount(1, 20); stall++) {
    const writers = startWriters(server, repo);
    await until('stores', () => answered(writers.attempts).length > 20 || undefined);
    database.stall();
    const startedAt = performance.now();
    await until('no readiness', async () => (await callRoute(server, '/health/ready')).status === 503 || undefined);
    expect(await callRoute(server, '/health')).toMatchObject({ status: 200 });
    for (const refused of await Promise.all([
      storeScan(server, repo, { never: true }, 'never'),
      retrieveAll(server, repo),
      callRoute(server, '/api/v1/whoami'),
    ])) {
      expectError(refused, 503, 'DATABASE_UNAVAILABLE');
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    }
    expect(performance.now() - startedAt).toBeLessThan(2 * patienceMs);
    database.flow();
    await until('readiness', async () => (await callRoute(server, '/health/ready')).status === 200 || undefined);
    const back = answered(writers.attempts).length;
    await until('stores', () => answered(writers.attempts).length > back + 20 || undefined);
    await writers.stop();
    expect(writers.attempts.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
    expect(Math.max(...writers.attempts.map(({ ms }) => ms))).toBeLessThan(patienceMs);
    const counts = await database.countByCommit();
    expect(answered(writers.attempts).filter(({ commit }) => counts.get(commit) !== 1)).toEqual([]);
  }
});

it('a PostgreSQL that is stopped, or crashes, under load: nothing that was answered is lost, and on by itself', async () => {
  const postgres = await startPostgres(18);
  await using own = await startDatabaseBehindProxy(postgres);
  await using server = await own.serve({ DATABASE_TIMEOUT: String(timeoutSeconds) });
  const writers = startWriters(server, repo);
  for (let stop = 0; stop < amount(2, 20); stop++) {
    const before = answered(writers.attempts).length;
    await until('stores', () => answered(writers.attempts).length > before + 20 || undefined);
    await (stop % 2 === 0 ? postgres.interrupt() : postgres.crash());
    await until('a refusal', async () => (await callRoute(server, '/api/v1/whoami')).status === 503 || undefined);
    await postgres.resume();
    await until('readiness', async () => (await callRoute(server, '/health/ready')).status === 200 || undefined);
  }
  const back = answered(writers.attempts).length;
  await until('stores', () => answered(writers.attempts).length > back + 20 || undefined);
  await writers.stop();
  const odd = writers.attempts.filter(
    ({ status, retryAfter }) => status !== 200 && (status !== 503 || !/^\d+$/.test(retryAfter ?? '')),
  );
  expect(odd).toEqual([]);
  expect(Math.max(...writers.attempts.map(({ ms }) => ms))).toBeLessThan(patienceMs);
  const counts = await own.countByCommit();
  expect(answered(writers.attempts).filter(({ commit }) => counts.get(commit) !== 1)).toEqual([]);
  expect(await server.end('SIGTERM')).toBe(0);
  await postgres.stop();
});
