import { Counter, Histogram, type Registry } from 'prom-client';
import { jobOutcomes, type JobRun } from './metrics.ts';

/** In seconds. A run that deletes some rows takes milliseconds; the longest timeout is ten minutes. */
const durationBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600];

interface JobMetrics {
  readonly count: (run: JobRun) => void;
  /** Starts each job's series at zero: a series that starts with its first event has no rate at that event. */
  readonly declare: (jobs: readonly string[]) => void;
}

/** Makes the metrics of background jobs. */
export function makeJobMetrics(registry: Registry): JobMetrics {
  const runs = new Counter({
    registers: [registry],
    name: 'rsolv_job_runs_total',
    help: 'Runs of background jobs on this server, by job and outcome.',
    labelNames: ['job', 'outcome'],
  });
  const durations = new Histogram({
    registers: [registry],
    name: 'rsolv_job_duration_seconds',
    help: 'Duration of the runs of background jobs.',
    labelNames: ['job'],
    buckets: durationBuckets,
  });
  return {
    count: ({ job, outcome, seconds }) => {
      runs.inc({ job, outcome });
      durations.observe({ job }, seconds);
    },
    declare: (jobs) => {
      for (const job of jobs) {
        for (const outcome of jobOutcomes) runs.inc({ job, outcome }, 0);
        durations.zero({ job });
      }
    },
  };
}
