import type { PhaseDataClient } from '@rsolv/client';

/** What every phase works with. */
export interface Run {
  readonly client: PhaseDataClient;
  /** `owner/name`. */
  readonly repo: string;
  /** The commit that is checked out. */
  readonly commit: string;
  readonly branch: string | undefined;
}

/** What a phase that is about an issue works with. */
export interface IssueRun extends Run {
  readonly issueNumber: number;
}
