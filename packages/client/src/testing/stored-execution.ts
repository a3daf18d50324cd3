// What a platform has stored, for tests to look at.
import type { ForgeType } from '@rsolv/shared/contract/forge';

interface StoredPhase {
  readonly id: string;
  /** Who stored it. */
  readonly customerId: string;
  readonly forge: ForgeType;
  /** `owner/name`, or `group/subgroup/project`, as it was spelled first. */
  readonly repo: string;
  readonly commitSha: string;
  readonly status: 'pending' | 'running' | 'completed' | 'failed';
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly errorMessage: string | null;
  /** What it was sent with, if anything. */
  readonly idempotencyKey: string | null;
  /** The phase's own object, out of whatever wrapping it came in. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A stored scan. */
export interface StoredScan extends StoredPhase {
  readonly phase: 'scan';
  readonly branch: string | null;
  /** What the platform reads out of the data, as the other phases' `derived`. */
  readonly derived: { readonly vulnerabilities_count: number };
}

/** A stored validation. */
export interface StoredValidation extends StoredPhase {
  readonly phase: 'validation';
  readonly issueNumber: number;
  readonly derived: { readonly validated: boolean; readonly vulnerabilities_found: number };
}

/** A stored mitigation. */
export interface StoredMitigation extends StoredPhase {
  readonly phase: 'mitigation';
  readonly issueNumber: number;
  readonly derived: {
    readonly pr_url: string | null;
    readonly pr_number: number | null;
    readonly files_changed: number | null;
  };
}

/** One result that was stored. */
export type StoredExecution = StoredScan | StoredValidation | StoredMitigation;
