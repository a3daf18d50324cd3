// The form that the findings of every tool, phase and layout are translated to before they are matched. Matching needs no
// more than this, and no database.

/** A finding as one scan reports it. What is absent is null: it is evidence neither for nor against a match. */
export interface ReportedFinding {
  readonly rule: string;
  /** Relative to the repository, with forward slashes. */
  readonly file: string;
  /** Counts from 1. Null if the finding is about the whole file. */
  readonly line: number | null;
  /** In the tool's own units. Only compared with columns of the same tool. */
  readonly column: number | null;
  readonly message: string;
  /** The runner's hash of the line. */
  readonly lineHash: string | null;
  /** The runner's hash of the line and two lines on each side. */
  readonly contextHash: string | null;
  /** The fingerprints that the tool gave, by name. */
  readonly fingerprints: Readonly<Record<string, string>>;
}

/** A finding of earlier scans of the same repository, tool, category and branch, as the latest of them reported it. */
export interface KnownFinding extends ReportedFinding {
  /** Sorts by the time of creation, as UUIDs of version 7 do. */
  readonly id: string;
  readonly state: 'open' | 'fixed';
}

/** A scan of a repository with one tool and category, on one branch. */
export interface FindingScan {
  readonly findings: readonly ReportedFinding[];
  /** The earlier paths of files and their new paths, since the commit of the scan before, as the runner knows them. */
  readonly renames: ReadonlyMap<string, string>;
  /** Whether the tool reached its end. Otherwise nothing counts as fixed. */
  readonly isComplete: boolean;
  /** Files that are in the repository and were not analyzed. Nothing in them counts as fixed. */
  readonly unseenFiles: ReadonlySet<string>;
}

/**
 * The pass that matched a finding:
 *
 * - `fingerprint`: a fingerprint of the tool that tells findings apart
 * - `place`: the same rule, file and line, and no hash contradicts
 * - `content`: the same line in the same file, in the same order
 * - `order`: without hashes, the same message in the same file, in the same order
 * - `moved`: the same line at another place, or in another file
 * - `neighbours`: an edited line between the same neighbours
 */
export type MatchedBy = 'fingerprint' | 'place' | 'content' | 'order' | 'moved' | 'neighbours';

/** What two sightings of a finding have in common. */
export type MatchEvidence =
  | 'fingerprint'
  | 'file'
  /** The runner says that one file was renamed to the other. */
  | 'renamed-file'
  | 'line'
  | 'column'
  | 'line-hash'
  | 'context-hash'
  /** The message, apart from the numbers in it. */
  | 'message';

/** Says that a reported finding is a known one. */
export interface FindingMatch {
  readonly findingId: string;
  /** The index of the reported finding. */
  readonly reported: number;
  /** `moved` is at another line or in another file. `reopened` was fixed, wherever it is now. */
  readonly outcome: 'unchanged' | 'moved' | 'reopened';
  readonly matchedBy: MatchedBy;
  readonly evidence: readonly MatchEvidence[];
}

/** An open finding that the scan does not report. One that was not seen stays open. */
export interface MissingFinding {
  readonly findingId: string;
  readonly outcome: 'fixed' | 'not-seen';
  /** Why it was not seen. Null if it is fixed. */
  readonly reason: 'scan-incomplete' | 'file-not-analyzed' | null;
}

/** What a scan says about the known findings. Each known and each reported finding is in it once at most. */
export interface ScanMatch {
  /** In the order of the reported findings. */
  readonly matches: readonly FindingMatch[];
  /** The indexes of the reported findings that are new. */
  readonly added: readonly number[];
  /** In the order of the known findings. */
  readonly missing: readonly MissingFinding[];
}
