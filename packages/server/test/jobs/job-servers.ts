// Servers that run background jobs on one database, without HTTP.
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { Database } from '../../src/database/open-database.ts';
import type { Job } from '../../src/jobs/job.ts';
import { prepareJobs, type JobTiming, type PreparedJobs } from '../../src/jobs/prepare-jobs.ts';
import type { JobRun } from '../../src/observability/metrics.ts';

const logLine = z.record(z.string(), z.unknown());

/** A server, and what it tells of its runs. */
export interface JobServer extends PreparedJobs<string> {
  readonly runs: readonly JobRun[];
  readonly logged: readonly Record<string, unknown>[];
}

/** Starts a server that looks for due jobs twice a second. It stops with the test. */
export async function startJobServer(
  database: Database,
  jobs: readonly Job<string>[],
  timing: Partial<JobTiming> = {},
): Promise<JobServer> {
  const runs: JobRun[] = [];
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(logLine.parse(JSON.parse(line))) });
  const prepared = await prepareJobs({
    database,
    jobs,
    log,
    metrics: { job: (run) => void runs.push(run) },
    timing: { pollSeconds: 1, retryDelaySeconds: 0, ...timing },
  });
  onTestFinished(() => prepared.stop());
  await prepared.start();
  return { ...prepared, runs, logged };
}

/** A time that does not come while a test runs. */
const never = '0 0 29 2 *';

/** A job that runs when it is triggered. */
export const makeJob = (run: Job<string>['run'], options: Partial<Job<string>> = {}): Job<string> => ({
  name: 'test-job',
  cron: never,
  timeoutSeconds: 60,
  run,
  ...options,
});
