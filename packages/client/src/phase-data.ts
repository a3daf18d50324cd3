// What the action's phases store. Data is open: keys beyond these are kept as they came.

import type { ForgeType } from '@rsolv/shared/contract/forge';

/** A phase by the action's name. */
export type PhaseName = 'scan' | 'validate' | 'mitigate';

/** One finding of a scan. */
export interface ScanVulnerability {
  type: string;
  severity?: string;
  filePath?: string;
  file?: string;
  line?: number;
  message?: string;
  description?: string;
  confidence?: number | string;
  cweId?: string;
  owaspCategory?: string;
  remediation?: string;
  [key: string]: unknown;
}

/** One finding that a validation looked at. */
export interface ValidationVulnerability {
  type: string;
  file?: string;
  line?: number;
  confidence?: number | string;
  description?: string;
  [key: string]: unknown;
}

/** What a scan learned. */
export interface ScanPhaseData {
  vulnerabilities: ScanVulnerability[];
  timestamp?: string;
  commitHash?: string;
  [key: string]: unknown;
}

/** What a validation of one issue learned. */
export interface ValidationPhaseData {
  validated?: boolean;
  issueNumber?: number;
  vulnerabilities?: ValidationVulnerability[];
  testPath?: string;
  timestamp?: string;
  [key: string]: unknown;
}

/** What a mitigation of one issue did. */
export interface MitigationPhaseData {
  prUrl?: string;
  prNumber?: number;
  filesChanged?: number;
  /** As the platform derived it. */
  pr_url?: string;
  /** As the platform derived it. */
  pr_number?: number;
  /** As the platform derived it. */
  files_changed?: number;
  timestamp?: string;
  [key: string]: unknown;
}

/** The phases' results; those of issues keyed `42` or `issue-42`. */
export interface PhaseData {
  scan?: ScanPhaseData;
  validate?: Record<string, ValidationPhaseData>;
  mitigate?: Record<string, MitigationPhaseData>;
  /** The platform's name for `validate`; a store takes either. */
  validation?: Record<string, ValidationPhaseData>;
  /** The platform's name for `mitigate`; a store takes either. */
  mitigation?: Record<string, MitigationPhaseData>;
}

/** Where a result belongs. */
export interface PhaseMetadata {
  /** Where the repository lives. Default: `github`. */
  forge?: ForgeType | undefined;
  /** `owner/name`; on GitLab `group/project`, with all subgroups between. */
  repo: string;
  /** Required for all phases but the scan. */
  issueNumber?: number | undefined;
  commitSha: string;
  branch?: string | undefined;
}

/** How a store ended: on the platform, or in a local file because of `warning`. */
export interface StoreResult {
  success: boolean;
  storage: 'platform' | 'local';
  /** The execution's id on the platform. */
  id?: string;
  /** The phase by the platform's name. */
  phase?: string;
  warning?: string;
}

const platformNames = { scan: 'scan', validate: 'validation', mitigate: 'mitigation' } as const;

/** The platform's name of a phase. */
export const platformName = (phase: PhaseName) => platformNames[phase];

/**
 * The phase's own object, out of its wrapping.
 *
 * @throws Error where it needs an issue number and has none, or holds nothing for the issue
 */
export function ownData(phase: PhaseName, data: PhaseData, issueNumber: number | undefined): object {
  if (phase === 'scan') {
    if (!data.scan) throw new Error('No scan data found');
    return data.scan;
  }
  if (!issueNumber) throw new Error(`Issue number is required for ${phase} phase`);
  for (const byIssue of [data[phase], data[platformName(phase)]]) {
    const own = byIssue?.[issueNumber] ?? byIssue?.[`issue-${issueNumber}`];
    if (own) return own;
  }
  throw new Error(`No ${phase} data found for issue ${issueNumber}`);
}
