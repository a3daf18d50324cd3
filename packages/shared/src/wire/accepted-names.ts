// The names under which the fields of a store and a retrieve are accepted. A store names the commit and the issue
// `commitSha` and `issueNumber`, a retrieve `commit` and `issue`; each takes the names of the other and the snake_case of
// released actions as well. This holds for the fields themselves: keys inside `data` are stored as they were sent.

/** The names that a request's fields may have besides their own. */
export interface FieldNames {
  /** The other names of each field. */
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  /** Fields that released actions send and the platform has no use for. They are accepted and ignored. */
  readonly ignored: readonly string[];
}

/** The names of a store's fields. */
export const storeNames = {
  aliases: {
    commitSha: ['commit_sha', 'commit'],
    issueNumber: ['issue_number', 'issue'],
    executionId: ['execution_id'],
    startedAt: ['started_at'],
    completedAt: ['completed_at'],
    errorMessage: ['error_message'],
    idempotencyKey: ['idempotency_key'],
  },
  // The metadata of the action's own class beside the repository, the commit and the issue.
  ignored: ['timestamp', 'pipelineRunId', 'pipeline_run_id'],
} as const satisfies FieldNames;

/** The names of a retrieve's fields. */
export const retrieveNames = {
  aliases: { commit: ['commitSha', 'commit_sha'], issue: ['issueNumber', 'issue_number'] },
  ignored: [],
} as const satisfies FieldNames;
