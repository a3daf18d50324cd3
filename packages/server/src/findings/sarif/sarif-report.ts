import type { DescribedFinding } from '../described-finding.ts';
import type { Repair } from '../review.ts';

/** What a run says of itself. */
export interface RunDescription {
  readonly tool: string;
  /** As the tool states it. Often another version, or none. */
  readonly toolVersion: string | null;
  /** Tells apart the scans of several tools, or parts, of one commit. Empty if the run has none. */
  readonly category: string;
  /** Tells apart the runs of one category. */
  readonly runId: string | null;
  /** `utf16CodeUnits` or `unicodeCodePoints`, as the tool states it. Not reliable. */
  readonly columnKind: string | null;
  readonly provenance: readonly Provenance[];
  /** Whether the tool reached its end. Otherwise nothing counts as fixed. */
  readonly isComplete: boolean;
}

/** The version of the sources that were analyzed. */
export interface Provenance {
  readonly repositoryUri: string | null;
  readonly revisionId: string | null;
  readonly branch: string | null;
}

/** One run of a tool. */
export interface SarifRun extends RunDescription {
  readonly findings: readonly DescribedFinding[];
  /** Files that were not analyzed, relative to the repository. */
  readonly unseenFiles: ReadonlySet<string>;
}

/** What a report says. */
export interface SarifReport {
  readonly runs: readonly SarifRun[];
  readonly repairs: readonly Repair[];
}
