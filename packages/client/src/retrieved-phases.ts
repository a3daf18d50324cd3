// What a retrieve of createClient gives, as the contract knows it. The platform stores any JSON object, so every field may
// be absent, and others may be there.
import type { JsonValue } from '@rsolv/shared/json/json';

/** One finding that was stored. */
export interface RetrievedFinding {
  type?: string;
  /** The path of the file in the repository. */
  file?: string;
  /** The path of the file, as some scanners name the field. */
  filePath?: string;
  line?: number;
  severity?: string;
  message?: string;
  description?: string;
  confidence?: number | string;
  cwe?: string;
  cweId?: string;
  remediation?: string;
  [key: string]: JsonValue | undefined;
}

/** A scan that was stored. */
export interface RetrievedScan {
  vulnerabilities?: RetrievedFinding[];
  /** When the scan ran, ISO 8601. */
  timestamp?: string;
  commitHash?: string;
  [key: string]: JsonValue | undefined;
}

/** A validation that was stored. */
export interface RetrievedValidation {
  validated?: boolean;
  vulnerabilities?: RetrievedFinding[];
  branchName?: string;
  testPath?: string;
  testCode?: string;
  framework?: string;
  falsePositiveReason?: string;
  /** When the validation ran, ISO 8601. */
  timestamp?: string;
  [key: string]: JsonValue | undefined;
}

/** A mitigation that was stored, with what the platform derived from it. */
export interface RetrievedMitigation {
  prUrl?: string;
  prNumber?: number;
  /** Derived from `prUrl` where it was not stored. */
  pr_url?: string;
  /** Derived from the URL where it was not stored. */
  pr_number?: number;
  /** Derived from `fixes` where it was not stored. */
  files_changed?: number;
  fixCommit?: string;
  /** When the mitigation ran, ISO 8601. */
  timestamp?: string;
  [key: string]: JsonValue | undefined;
}
