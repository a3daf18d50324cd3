// PostgreSQL stalls, stops or crashes under load: requests succeed or get 503, none waits for long, and the server goes on
// once PostgreSQL is back.
import { expect, it } from 'vitest';
import { expectError } from '@rsolv/test-harness/calls';
import { startDatabaseBehindProxy } from '@rsolv/test-harness/database-behind-proxy';
import { startPostgres } from '@rsolv/test-harness/postgres-server';
import { callRoute, retrieveAll, storeScan } from '@rsolv/test-harness/process-calls';
import { rounds } from '@rsolv/test-harness/tier';
import { until } from '@rsolv/test-harness/until';
import { answered, startWriters } from '@rsolv/test-harness/writers';

const repo = 'acme/demo';
const timeoutSeconds = 1;

/** The longest time for a request: the waits for a connection and for its response, and what a busy machine adds. */
const maxRequestMs = 5000 + timeoutSeconds * 1000 + 4000;

it('gives a stalled database up, and uses it again once it responds', async () => {
  await using database = await startDatabaseBehindProxy();
  await using server = await database.serve({ DATABASE_TIMEOUT: String(timeoutSeconds) });
  for (let stall = 0; stall < rounds({ quick: 1, release: 1, faults: 20 }); stall++) {
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
    expect(performance.now() - startedAt).toBeLessThan(2 * maxRequestMs);
    database.flow();
    await until('readiness', async () => (await callRoute(server, '/health/ready')).status === 200 || undefined);
    const back = answered(writers.attempts).length;
    await until('stores', () => answered(writers.attempts).length > back + 20 || undefined);
    await writers.stop();
    expect(writers.attempts.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
    expect(Math.max(...writers.attempts.map(({ ms }) => ms))).toBeLessThan(maxRequestMs);
    const counts = await database.countByCommit();
    expect(answered(writers.attempts).filter(({ commit }) => counts.get(commit) !== 1)).toEqual([]);
  }
});

it('loses nothing that it has answered where PostgreSQL stops or crashes', async () => {
  const postgres = await startPostgres(18);
  await using own = await startDatabaseBehindProxy(postgres);
  await using server = await own.serve({ DATABASE_TIMEOUT: String(timeoutSeconds) });
  const writers = startWriters(server, repo);
  for (let stop = 0; stop < rounds({ quick: 2, release: 2, faults: 20 }); stop++) {
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
  expect(Math.max(...writers.attempts.map(({ ms }) => ms))).toBeLessThan(maxRequestMs);
  const counts = await own.countByCommit();
  expect(answered(writers.attempts).filter(({ commit }) => counts.get(commit) !== 1)).toEqual([]);
  expect(await server.end('SIGTERM')).toBe(0);
  await postgres.stop();
});
