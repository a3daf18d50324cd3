import type { ReportedFinding } from './finding.ts';

/** From the most to the least severe. `info` needs no action. */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

/** What a tool or a reviewer says about a finding that should not be reported again. */
export interface Suppression {
  /** `inSource` is a comment in the code; `external` is recorded elsewhere. */
  readonly kind: string;
  readonly status: string;
  readonly justification: string | null;
}

/** A finding with everything that people want to know of it. Only the fields of {@link ReportedFinding} identify it. */
export interface DescribedFinding extends ReportedFinding {
  /** The title of the rule. Null if the tool gives none. */
  readonly ruleName: string | null;
  /** Such as `CWE-79`. */
  readonly cwes: readonly string[];
  /** The tags of the rule and of the finding. */
  readonly tags: readonly string[];
  readonly severity: Severity;
  readonly endLine: number | null;
  readonly endColumn: number | null;
  /** The address of the file as the tool wrote it. */
  readonly rawFile: string | null;
  /** Where issues and pull requests track the finding. */
  readonly workItemUris: readonly string[];
  readonly suppressions: readonly Suppression[];
  /** Whether the suppressions are in effect. One that is under review or rejected is not. */
  readonly isSuppressed: boolean;
  /** The JSON pointer of the code flows in the original. Null if there are none. */
  readonly codeFlows: string | null;
  /** The JSON pointer of the finding in the original. It differs from scan to scan and identifies nothing. */
  readonly pointer: string;
}
