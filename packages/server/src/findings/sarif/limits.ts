/**
 * The most that a SARIF report may have. GitHub refuses more than this as well. Above, a report is refused before anything
 * in it is compared with anything else.
 */
export const sarifLimits = {
  runs: 20,
  /** Of each run. */
  results: 25_000,
  /** Of each run, those of all extensions included. */
  rules: 25_000,
  extensions: 100,
  /** Of each result. */
  locations: 1000,
  /** Of each result, in all code flows. */
  threadFlowLocations: 10_000,
  /** Of each rule. The tags above are dropped, not refused. */
  tags: 20,
  /** Of each run. GitHub has no limit. */
  artifacts: 100_000,
  /** Notifications and configuration overrides of each run, in all invocations. GitHub has no limit. */
  notifications: 100_000,
  /** Of the fingerprints, suppressions and work items of each result. GitHub has no limit. */
  annotations: 100,
  /** Characters of a rule's id, a path and a fingerprint. GitHub has no limit. */
  idLength: 4096,
  /** Characters of a message. A longer one is cut, not refused. GitHub has no limit. */
  messageLength: 4000,
} as const;
