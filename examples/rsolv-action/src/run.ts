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

/** One finding, as the scan stores it. */
export interface Finding {
  readonly type: string;
  readonly severity: string;
  readonly description: string;
  readonly filePath: string;
  readonly line: number;
}

/** What the phases store, as far as later phases read it. */
export interface Known {
  readonly scan?: { readonly vulnerabilities: readonly Finding[]; readonly commitHash: string };
  readonly validation?: Readonly<Record<string, Validation>>;
}

/** What VALIDATE stores of an issue. */
export interface Validation {
  readonly validated: boolean;
  readonly vulnerabilities: readonly Finding[];
  /** The test that fails as long as the finding is there; undefined where none could be written. */
  readonly testCode: string | undefined;
  readonly commitHash: string;
}

/**
 * Everything that earlier phases stored.
 *
 * @throws Error where neither the platform nor a local file has anything
 */
export async function readKnown({ client, repo, commit, issueNumber }: IssueRun): Promise<Known> {
  const known = await client.retrievePhaseResults<Known>(repo, issueNumber, commit);
  if (known) return known;
  throw new Error('The results of earlier phases could not be retrieved; the warning above says why. Run this again.');
}
