import type { Logger } from 'pino';
import { describeFailure } from '../observability/describe-failure.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Job } from './job.ts';

/** What tells of a run. */
export interface RunReporting {
  readonly metrics: Pick<Metrics, 'job'>;
  readonly log: Logger;
}

/** One attempt to run a job. */
export interface Attempt {
  /** How often the job has failed before. */
  readonly retryCount: number;
  /** Aborts when the server stops, or the time for the run is over. */
  readonly signal: AbortSignal;
}

/**
 * Runs a job once, measures it, and writes a log line.
 *
 * @returns why it failed, without the details that belong into no table; undefined when it succeeded
 */
export async function runJob(
  job: Job<string>,
  { retryCount, signal }: Attempt,
  { metrics, log }: RunReporting,
): Promise<string | undefined> {
  const startedAt = performance.now();
  const measure = (outcome: 'succeeded' | 'failed') => {
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.job({ job: job.name, outcome, seconds });
    return { job: job.name, attempt: retryCount + 1, seconds };
  };
  try {
    const facts = await job.run(signal);
    log.info({ ...measure('succeeded'), ...facts }, 'job succeeded');
    return undefined;
  } catch (thrown) {
    const failure = describeFailure(thrown);
    log.error({ ...measure('failed'), failure }, 'job failed');
    return failure.message;
  }
}
