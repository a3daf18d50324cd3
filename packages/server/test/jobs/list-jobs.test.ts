import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { openTestDatabase } from '@rsolv/test-harness/platform';
import { until } from '@rsolv/test-harness/until';
import type { Database } from '../../src/database/open-database.ts';
import { jobNames } from '../../src/jobs/job.ts';
import { listJobs } from '../../src/jobs/list-jobs.ts';
import { startJobServer } from './job-servers.ts';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

it('has a job for each name, and makes checkpoints of the embedded database only', () => {
  const isEmbedded = inject('database') === 'pglite';
  const expected = jobNames.filter((name) => isEmbedded || name !== 'checkpoint-embedded-database');
  expect(listJobs(database).map(({ name }) => name)).toEqual(expected);
});

it('runs every job of the platform', async () => {
  const jobs = listJobs(database);
  const server = await startJobServer(database, jobs);
  for (const { name } of jobs) await server.trigger(name);
  await until('all runs', () => server.runs.length >= jobs.length || undefined);
  expect(server.runs.map(({ job }) => job).toSorted()).toEqual(jobs.map(({ name }) => name).toSorted());
  expect(server.runs.every(({ outcome }) => outcome === 'succeeded')).toBe(true);
});
