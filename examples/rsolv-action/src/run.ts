import type { PhaseDataClient } from '@rsolv/client';

/** The input of every phase. */
export interface Run {
  readonly client: PhaseDataClient;
  /** `owner/name`. */
  readonly repo: string;
  /** The commit that is checked out. */
  readonly commit: string;
  readonly branch: string | undefined;
}

/** The input of a phase that processes an issue. */
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

/** The part of the stored results that later phases read. */
export interface Known {
  readonly scan?: { readonly vulnerabilities: readonly Finding[]; readonly commitHash: string };
  readonly validation?: Readonly<Record<string, Validation>>;
}

/** The result of VALIDATE for an issue. */
export interface Validation {
  readonly validated: boolean;
  readonly vulnerabilities: readonly Finding[];
  /** The test that fails as long as the vulnerability exists. Undefined if no test could be generated. */
  readonly testCode: string | undefined;
  readonly commitHash: string;
}

/**
 * Retrieves the results of earlier phases.
 *
 * @throws Error if neither the platform nor a local file has any
 */
export async function readKnown({ client, repo, commit, issueNumber }: IssueRun): Promise<Known> {
  const known = await client.retrievePhaseResults<Known>(repo, issueNumber, commit);
  if (known) return known;
  throw new Error('The results of earlier phases could not be retrieved; the warning above says why. Run this again.');
}
