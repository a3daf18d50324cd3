// Stored results, as tests see them.
import type { ForgeType } from '@rsolv/shared/contract/forge';

interface StoredPhase {
  /** The execution's id. */
  readonly id: string;
  /** The customer that stored it. */
  readonly customerId: string;
  readonly forge: ForgeType;
  /** `owner/name`, or `group/subgroup/project`, in the letter case of the first store. */
  readonly repo: string;
  readonly commitSha: string;
  readonly status: 'pending' | 'running' | 'completed' | 'failed';
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly errorMessage: string | null;
  /** The idempotency key of the store, if it had one. */
  readonly idempotencyKey: string | null;
  /** The phase's own object, without the wrapping that it was sent in. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A stored scan. */
export interface StoredScan extends StoredPhase {
  readonly phase: 'scan';
  readonly branch: string | null;
  /** What the platform derives from the data. */
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

/** A stored result. */
export type StoredExecution = StoredScan | StoredValidation | StoredMitigation;
