import type { RecordedFinding } from './history.ts';

/** The findings of a scan, sorted by their place. */
export type Findings = readonly RecordedFinding[];

/** An index of the earlier findings and one of the later ones. */
export type IndexPair = readonly [before: number, after: number];

/** A way that gives each finding of a scan a key. Findings with equal keys are the same. */
export interface KeyWay {
  readonly name: string;
  readonly listKeys: (findings: Findings) => readonly string[];
}

/** A way that pairs the findings of two scans. */
export interface MatchWay {
  readonly name: string;
  readonly match: (before: Findings, after: Findings) => readonly IndexPair[];
}

export type Way = KeyWay | MatchWay;

export const toKey = (...parts: readonly unknown[]): string => JSON.stringify(parts);
