// Background jobs run on pg-boss: docs/decisions/background-jobs.md says how, and why.
import { setTimeout as delay } from 'node:timers/promises';
import type { PgBoss, QueueOptions } from 'pg-boss';
import type { Database } from '../database/open-database.ts';
import type { Job } from './job.ts';
import { runJob, type RunReporting } from './run-job.ts';
import { startPgBoss } from './start-pg-boss.ts';

/** What jobs run with. */
export interface JobsOptions<Name extends string> extends RunReporting {
  readonly database: Database;
  readonly jobs: readonly Job<Name>[];
  readonly timing?: Partial<JobTiming>;
}

/** Intervals and time limits, in seconds. */
export interface JobTiming {
  /** How often this server looks for jobs that are due. */
  readonly pollSeconds: number;
  /** The time before the first retry of a failed run. It doubles with each further one. */
  readonly retryDelaySeconds: number;
  /** How long runs in progress may take when the server stops. */
  readonly stopGraceSeconds: number;
}

const defaultTiming: JobTiming = { pollSeconds: 30, retryDelaySeconds: 60, stopGraceSeconds: 10 };

const maxRetries = 3;

/** How long finished runs stay in pg-boss's tables. */
const keptSeconds = 24 * 60 * 60;

/** For a database that does not respond, after the grace time. */
const stopTimeoutMs = 5_000;

/** The jobs of a server. */
export interface PreparedJobs<Name extends string> {
  /** Lets this server run jobs. */
  start(): Promise<void>;
  /**
   * Runs a job as soon as possible, on any server that has started.
   *
   * @returns false when it is queued or runs already
   */
  trigger(name: Name): Promise<boolean>;
  /** Starts no more runs, asks those in progress to end, and waits for them within the grace time. */
  stop(): Promise<void>;
}

/**
 * Creates or migrates pg-boss's schema and creates the queues, so that jobs can be sent. No job runs before it is started.
 *
 * @throws StartupError when pg-boss's schema can't be migrated
 */
export async function prepareJobs<Name extends string>(options: JobsOptions<Name>): Promise<PreparedJobs<Name>> {
  const { database, jobs, log } = options;
  const timing = { ...defaultTiming, ...options.timing };
  const boss = await startPgBoss(database, {
    schedule: true,
    supervise: true,
    cronMonitorIntervalSeconds: timing.pollSeconds,
    cronWorkerIntervalSeconds: timing.pollSeconds,
    declareQueues: (started) => declareQueues(started, jobs, timing),
  });
  const stopping = new AbortController();
  const workers = new Map<Name, string>();
  return {
    start: async () => {
      boss.on('error', ({ message }) => log.warn({ failure: { message } }, 'background jobs: a statement failed'));
      boss.on('warning', ({ message }) => log.warn({ warning: message }, 'background jobs: warning of pg-boss'));
      for (const job of jobs) {
        workers.set(job.name, await work(boss, job, { ...options, timing, stopping: stopping.signal }));
      }
    },
    trigger: async (name) => {
      const id = await boss.send(name);
      boss.notifyWorker(workers.get(name) ?? '');
      return id !== null;
    },
    stop: async () => {
      stopping.abort();
      const graceMs = timing.stopGraceSeconds * 1000;
      const stopped = boss.stop({ close: false, graceful: true, timeout: graceMs });
      await Promise.race([stopped, delay(graceMs + stopTimeoutMs, undefined, { ref: false })]);
    },
  };
}

/** Creates the queues and schedules that are missing, and updates those of another release. */
async function declareQueues(boss: PgBoss, jobs: readonly Job<string>[], timing: JobTiming): Promise<void> {
  const queues = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
  const schedules = new Map((await boss.getSchedules()).map((schedule) => [schedule.name, schedule.cron]));
  for (const { name, cron, timeoutSeconds } of jobs) {
    const options = {
      expireInSeconds: timeoutSeconds,
      retryLimit: maxRetries,
      retryDelay: timing.retryDelaySeconds,
      retryBackoff: timing.retryDelaySeconds > 0,
      deleteAfterSeconds: keptSeconds,
    };
    const queue = queues.get(name);
    // Exclusive: at most one job of a queue is waiting or running.
    if (queue === undefined) await boss.createQueue(name, { ...options, policy: 'exclusive' });
    else if (!hasOptions(queue, options)) await boss.updateQueue(name, options);
    // A job that was due while no server ran, runs once when one does.
    if (schedules.get(name) !== cron) await boss.schedule(name, cron, null, { missed: 'once' });
  }
}

function hasOptions(queue: QueueOptions, options: QueueOptions): boolean {
  const current = new Map<string, unknown>(Object.entries(queue));
  return Object.entries(options).every(([name, value]) => current.get(name) === value);
}

interface WorkOptions extends RunReporting {
  readonly timing: JobTiming;
  readonly stopping: AbortSignal;
}

/** Makes this server run the jobs of a queue, one at a time. */
function work(boss: PgBoss, job: Job<string>, { timing, stopping, ...reporting }: WorkOptions): Promise<string> {
  return boss.work(job.name, { pollingIntervalSeconds: timing.pollSeconds }, async (claimed) => {
    for (const { retryCount, signal } of claimed) {
      const attempt = { retryCount, signal: AbortSignal.any([signal, stopping]) };
      const failure = await runJob(job, attempt, reporting);
      // pg-boss keeps the error in its tables, and runs the job again.
      if (failure !== undefined) throw new Error(failure);
    }
  });
}
