import type { ReportedFinding } from './finding.ts';

/**
 * Sorts findings by their place, then by everything else that tells them apart. Two that compare as equal are
 * interchangeable, so matching does not depend on the order in which a tool reports.
 */
export function compareFindings(one: ReportedFinding, other: ReportedFinding): number {
  return (
    compareText(one.file, other.file) ||
    lineOf(one) - lineOf(other) ||
    (one.column ?? 0) - (other.column ?? 0) ||
    compareText(one.rule, other.rule) ||
    compareText(one.message, other.message) ||
    compareText(one.lineHash ?? '', other.lineHash ?? '') ||
    compareText(one.contextHash ?? '', other.contextHash ?? '') ||
    compareText(toText(one.fingerprints), toText(other.fingerprints))
  );
}

/** The line of a finding. A finding about the whole file comes before all lines. */
export const lineOf = ({ line }: ReportedFinding): number => line ?? 0;

/** Compares by UTF-16 code units, so that the order does not depend on a locale. */
export function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

const toText = (fingerprints: ReportedFinding['fingerprints']): string =>
  JSON.stringify(Object.entries(fingerprints).toSorted(([one], [other]) => compareText(one, other)));
