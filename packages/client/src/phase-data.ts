// What the phases of the RSOLV action store, as its own class types it: its code is compiled against these names and fields.
import type { ForgeType } from '@rsolv/shared/contract/forge';
import type { RsolvErrorCode } from './rsolv-error.ts';

/** A phase by the action's name. The platform calls `validate` `validation`, and `mitigate` `mitigation`. */
export type PhaseName = 'scan' | 'validate' | 'mitigate';

/** One finding of a scan. Other fields are kept as well. */
export interface ScanVulnerability {
  type: string;
  /** The path of the file in the repository. */
  file: string;
  line: number;
  severity?: string;
  description?: string;
  /** For example `CWE-79`. */
  cwe?: string;
  cweId?: string;
  /** The path of the file, as some scanners name the field. */
  filePath?: string;
  message?: string;
  confidence?: number | string;
  owaspCategory?: string;
  remediation?: string;
  [key: string]: unknown;
}

/** One finding that a validation examined. */
export interface ValidationVulnerability {
  file: string;
  line: number;
  type: string;
  description?: string | undefined;
  confidence?: number | string | undefined;
}

/** The result of a scan. */
export interface ScanPhaseData {
  vulnerabilities: ScanVulnerability[];
  /** When the scan ran, ISO 8601. */
  timestamp: string;
  commitHash: string;
}

/** How a generated test ran. */
export interface TestExecutionResult {
  passed: boolean;
  output: string;
  stderr: string;
  timedOut: boolean;
  exitCode?: number | undefined;
  error?: string | undefined;
  framework?: string | undefined;
  testFile?: string | undefined;
}

/** A generated test. */
export interface GeneratedTest {
  testName?: string | undefined;
  testCode?: string | undefined;
  attackVector?: string | undefined;
  expectedBehavior?: string | undefined;
}

/** A suite of generated tests, in any form that the action has used: the fields that its readers read. */
export type GeneratedTests = object & {
  red?: GeneratedTest | undefined;
  green?: GeneratedTest | undefined;
  refactor?: GeneratedTest | undefined;
  redTests?: GeneratedTest[] | undefined;
  framework?: string | undefined;
};

/** How generated tests ran, in any form that the action has used: the fields that its readers read. */
export type ValidationTestResults = object & {
  generatedTests?: GeneratedTests | undefined;
  success?: boolean | undefined;
  output?: string | undefined;
  exitCode?: number | undefined;
};

/** The result of a validation of one issue. */
export interface ValidationPhaseData {
  /** Whether a failing test proves the finding. */
  validated: boolean;
  branchName?: string | undefined;
  testPath?: string | undefined;
  redTests?: GeneratedTests | undefined;
  testResults?: ValidationTestResults | undefined;
  testExecutionResult?: TestExecutionResult | undefined;
  falsePositiveReason?: string | undefined;
  vulnerabilities?: ValidationVulnerability[] | undefined;
  /** When the validation ran, ISO 8601. */
  timestamp: string;
  cweId?: string | undefined;
  testType?: 'behavioral' | 'static' | undefined;
  framework?: string | undefined;
  retryCount?: number | undefined;
  classificationSource?: 'platform' | 'local' | undefined;
  infrastructureFailure?: boolean | undefined;
  validationInconclusive?: boolean | undefined;
}

/** The result of a mitigation of one issue. */
export interface MitigationPhaseData {
  fixed: boolean;
  prUrl?: string | undefined;
  fixCommit?: string | undefined;
  /** When the mitigation ran, ISO 8601. */
  timestamp: string;
  /** As the platform derived it. */
  pr_url?: string | undefined;
  /** As the platform derived it. */
  pr_number?: number | undefined;
  /** As the platform derived it. */
  files_changed?: number | undefined;
}

/**
 * The results of the phases; those of issues are keyed `issue-42`, and can be read as `42` too. What is retrieved has
 * `validation` and `mitigation` under both of their names.
 */
// A type alias and not an interface, so that it can be handed to functions that take any record.
// oxlint-disable-next-line typescript/consistent-type-definitions
export type PhaseData = {
  scan?: ScanPhaseData;
  validation?: Record<string, ValidationPhaseData>;
  /** The action's name for `validation`. */
  validate?: Record<string, ValidationPhaseData>;
  mitigation?: Record<string, MitigationPhaseData>;
  /** The action's name for `mitigation`. */
  mitigate?: Record<string, MitigationPhaseData>;
};

/** Results by issue, keyed `42` or `issue-42`. */
export type ByIssue = Readonly<Record<string, object>>;

/**
 * What can be stored: {@link PhaseData}, or objects of your own types in its place. Dates are stored as ISO 8601. A scan
 * and the result of an issue are JSON objects.
 */
export interface PhaseDataInput {
  readonly scan?: ScanInput | undefined;
  readonly validate?: ByIssue | undefined;
  readonly validation?: ByIssue | undefined;
  readonly mitigate?: ByIssue | undefined;
  readonly mitigation?: ByIssue | undefined;
}

/** A scan of your own type: a literal with any fields, or a value of an interface. */
export type ScanInput =
  | { readonly vulnerabilities: readonly object[] }
  | { readonly vulnerabilities: readonly object[]; readonly [key: string]: unknown };

/** An issue number, as a number or text, with or without `issue-` before it. */
export type IssueRef = number | string;

/** Where a result belongs. */
export interface PhaseMetadata {
  /** Where the repository is hosted. Default: `github`. */
  forge?: ForgeType | undefined;
  /** `owner/name`; on GitLab `group/project`, with all subgroups in between. */
  repo: string;
  /** Required for all phases but the scan. */
  issueNumber?: IssueRef | undefined;
  commitSha: string;
  branch?: string | undefined;
  /** Sent as `pipeline_run_id`. */
  pipelineRunId?: string | undefined;
}

/** Why a result is not on the platform. */
export interface StoreFailure {
  /** What a program decides by: `API_KEY_UNKNOWN`, `CONNECTION_FAILED`, … */
  code: RsolvErrorCode;
  /** What is wrong and what to do. */
  message: string;
}

/** Where a result was stored: on the platform, or in a local file. */
export interface StoreResult {
  success: boolean;
  /** The id of the execution on the platform. */
  id?: string;
  message?: string;
  /** The phase by the platform's name. */
  phase?: string;
  storage?: 'platform' | 'local';
  warning?: string;
  /** Why it is in a local file. */
  reason?: StoreFailure;
}
