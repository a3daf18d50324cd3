/** The names of all background jobs, which are the names of their queues. */
export const jobNames = [
  'delete-expired-idempotency-keys',
  'delete-expired-id-tokens',
  'delete-expired-workflow-keys',
  'checkpoint-embedded-database',
] as const;

/** One of {@link jobNames}. */
export type JobName = (typeof jobNames)[number];

/** A background job that runs at given times, on one server of many. */
export interface Job<Name extends string = JobName> {
  readonly name: Name;
  /** When it runs, in the five fields of cron, in UTC. */
  readonly cron: string;
  /** How long a run may take. After that, and so after a crash of its server, the job is tried again. */
  readonly timeoutSeconds: number;
  /**
   * Does the work in short statements. It ends early when the signal aborts, because the server stops or the time is over;
   * the next run does the rest.
   *
   * @returns facts for the log line of the run
   */
  run(signal: AbortSignal): Promise<JobFacts>;
}

/** What a run has done, such as how many rows it has deleted. */
export type JobFacts = Readonly<Record<string, number>>;
