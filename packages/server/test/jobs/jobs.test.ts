import { SqlSchemaGenerator } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { pino } from 'pino';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { openTestDatabase } from '@rsolv/test-harness/platform';
import { until } from '@rsolv/test-harness/until';
import type { Database } from '../../src/database/open-database.ts';
import { prepareJobs } from '../../src/jobs/prepare-jobs.ts';
import { makeJob, startJobServer } from './job-servers.ts';

let database: Database;
beforeEach(async () => {
  database = await openTestDatabase();
  return () => database.close();
});

it('runs a job when its time has come, measures the run and logs it', async () => {
  const job = makeJob(() => Promise.resolve({ deleted: 3 }), { cron: '* * * * *' });
  const server = await startJobServer(database, [job]);
  await until('a run', () => server.runs.length > 0 || undefined);
  expect(server.runs[0]).toEqual({ job: 'test-job', outcome: 'succeeded', seconds: expect.any(Number) });
  expect(server.logged).toContainEqual(
    expect.objectContaining({ level: 30, msg: 'job succeeded', job: 'test-job', attempt: 1, deleted: 3 }),
  );
});

it('runs each job on one of two servers, one run at a time', async () => {
  let running = 0;
  let most = 0;
  const job = makeJob(async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 100));
    running -= 1;
    return {};
  });
  const servers = [await startJobServer(database, [job]), await startJobServer(database, [job])];
  const count = () => servers.reduce((sum, { runs }) => sum + runs.length, 0);
  for (let round = 1; round <= 5; round += 1) {
    const triggered = await Promise.all(servers.map((server) => server.trigger('test-job')));
    expect(triggered.filter(Boolean).length).toBeLessThanOrEqual(1);
    await until('the run', () => count() >= round || undefined);
    await until('the end of the run', async () => (await countWaiting()) === 0 || undefined);
  }
  expect(count()).toBe(5);
  expect(most).toBe(1);
});

/** How many jobs are queued or run. */
async function countWaiting(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pgboss.job where name = 'test-job' and state <= 'active'`.execute(
    database.kysely,
  );
  return rows[0]?.count ?? 0;
}

it('refuses to trigger a job that runs already', async () => {
  let end = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const begun = vi.fn<() => void>();
  const job = makeJob(async () => {
    begun();
    await ended;
    return {};
  });
  const server = await startJobServer(database, [job]);
  expect(await server.trigger('test-job')).toBe(true);
  await until('the run', () => begun.mock.calls.length > 0 || undefined);
  expect(await server.trigger('test-job')).toBe(false);
  end();
  await until('its end', () => server.runs.length > 0 || undefined);
  expect(begun).toHaveBeenCalledOnce();
});

it('logs and counts a run that fails, and tries it again', async () => {
  let attempts = 0;
  const job = makeJob(() => {
    attempts += 1;
    return attempts < 3 ? Promise.reject(new Error(`failure ${attempts}`)) : Promise.resolve({});
  });
  const server = await startJobServer(database, [job]);
  await server.trigger('test-job');
  await until('success', () => server.runs.length === 3 || undefined);
  expect(server.runs.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'succeeded']);
  expect(server.logged.filter(({ msg }) => msg === 'job failed')).toMatchObject([
    { level: 50, job: 'test-job', attempt: 1, failure: { message: 'failure 1' } },
    { level: 50, job: 'test-job', attempt: 2, failure: { message: 'failure 2' } },
  ]);
});

it('gives up after three retries', async () => {
  const job = makeJob(() => Promise.reject(new Error('always')));
  const server = await startJobServer(database, [job]);
  await server.trigger('test-job');
  await until('four runs', () => server.runs.length === 4 || undefined);
  await until('the end', async () => (await countWaiting()) === 0 || undefined);
  expect(server.runs).toHaveLength(4);
});

it('stops when the run in progress has ended, which it asks for', async () => {
  const ends: string[] = [];
  const begun = vi.fn<() => void>();
  const job = makeJob(async (signal) => {
    begun();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await new Promise((resolve) => setTimeout(resolve, 200));
    ends.push('run');
    return {};
  });
  const server = await startJobServer(database, [job]);
  await server.trigger('test-job');
  await until('the run', () => begun.mock.calls.length > 0 || undefined);
  await server.stop();
  ends.push('stop');
  expect(ends).toEqual(['run', 'stop']);
  expect(server.runs).toMatchObject([{ outcome: 'succeeded' }]);
  expect(await countWaiting()).toBe(0);
});

it('waits for a run no longer than the grace time, and leaves it to be tried again', async () => {
  const begun = vi.fn<() => void>();
  const job = makeJob(() => {
    begun();
    return new Promise(() => {});
  });
  const server = await startJobServer(database, [job], { stopGraceSeconds: 1 });
  await server.trigger('test-job');
  await until('the run', () => begun.mock.calls.length > 0 || undefined);
  const startedAt = performance.now();
  await server.stop();
  expect(performance.now() - startedAt).toBeGreaterThan(900);
  const other = await startJobServer(database, [makeJob(() => Promise.resolve({}))]);
  await until('another run', () => other.runs.length > 0 || undefined);
  expect(other.logged).toContainEqual(expect.objectContaining({ msg: 'job succeeded', attempt: 2 }));
});

it('starts again on the queues that exist, with the times and limits that a release has changed', async () => {
  const first = await startJobServer(database, [makeJob(() => Promise.resolve({}))]);
  await first.stop();
  const changed = makeJob(() => Promise.resolve({}), { cron: '0 0 1 1 *', timeoutSeconds: 30 });
  for (let start = 0; start < 2; start += 1) {
    const server = await startJobServer(database, [changed]);
    await server.stop();
  }
  const { rows } = await sql`
    select cron, expire_seconds as "timeoutSeconds"
    from pgboss.queue join pgboss.schedule using (name) where name = 'test-job'`.execute(database.kysely);
  expect(rows).toEqual([{ cron: '0 0 1 1 *', timeoutSeconds: 30 }]);
});

it('keeps its tables out of the schema that migrations and entities describe', async () => {
  await startJobServer(database, []);
  const difference = await new SqlSchemaGenerator(database.fork()).getUpdateSchemaSQL({ wrap: false });
  expect(difference.trim()).toBe('');
});

it('runs no job before it is started', async () => {
  const run = vi.fn<() => Promise<object>>().mockResolvedValue({});
  const job = makeJob(async () => {
    await run();
    return {};
  });
  const log = pino({ level: 'silent' });
  const timing = { pollSeconds: 1 };
  const prepared = await prepareJobs({ database, jobs: [job], log, metrics: { job: () => {} }, timing });
  onTestFinished(() => prepared.stop());
  expect(await prepared.trigger('test-job')).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(run).not.toHaveBeenCalled();
  await prepared.start();
  await until('the run', () => run.mock.calls.length > 0 || undefined);
});
