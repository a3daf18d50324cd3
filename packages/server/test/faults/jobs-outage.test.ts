// Background jobs while PostgreSQL is away: the server goes on, and the jobs resume by themselves.
import { expect, it } from 'vitest';
import { startPostgres } from '@rsolv/test-harness/postgres-server';
import { until } from '@rsolv/test-harness/until';
import { openDatabase } from '../../src/database/open-database.ts';
import { makeJob, startJobServer } from '../jobs/job-servers.ts';

it('resumes the jobs after PostgreSQL was stopped, and after a crash', async () => {
  const postgres = await startPostgres(18);
  const url = await postgres.createDatabase();
  const database = await openDatabase({ kind: 'postgres', url, poolSize: 5, timeoutMs: 1000 });
  await database.migrate();
  const server = await startJobServer(database, [makeJob(() => Promise.resolve({}))]);
  const runOnce = async () => {
    const before = server.runs.length;
    await until('the trigger', () =>
      server.trigger('test-job').then(
        () => true,
        () => undefined,
      ),
    );
    await until('a run', () => server.runs.length > before || undefined);
  };
  await runOnce();
  for (const goAway of [() => postgres.interrupt(), () => postgres.crash()]) {
    const failures = () => server.logged.filter(({ msg }) => msg === 'background jobs: a statement failed').length;
    const before = failures();
    await goAway();
    await until('a failure', () => failures() > before || undefined);
    await postgres.resume();
    await runOnce();
  }
  expect(server.runs.every(({ outcome }) => outcome === 'succeeded')).toBe(true);
  await server.stop();
  await database.close();
  await postgres.stop();
});

it('stops in time while PostgreSQL is away', async () => {
  const postgres = await startPostgres(18);
  const url = await postgres.createDatabase();
  const database = await openDatabase({ kind: 'postgres', url, poolSize: 5, timeoutMs: 1000 });
  await database.migrate();
  const server = await startJobServer(database, [makeJob(() => Promise.resolve({}))], { stopGraceSeconds: 1 });
  await postgres.interrupt();
  const startedAt = performance.now();
  await server.stop();
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  await database.close();
  await postgres.stop();
});
