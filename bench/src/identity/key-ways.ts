// How others recognize a finding by a key, with the fields of their defaults.
import type { RecordedFinding } from './history.ts';
import { toKey, type Findings, type KeyWay } from './way.ts';

const byKey = (name: string, keyOf: (finding: RecordedFinding) => string): KeyWay => ({
  name,
  listKeys: (findings) => findings.map(keyOf),
});

/** Numbers the findings that have the same key. */
const byKeyAndOrdinal = (name: string, keyOf: (finding: RecordedFinding) => string): KeyWay => ({
  name,
  listKeys: (findings: Findings) => {
    const counts = new Map<string, number>();
    return findings.map((finding) => {
      const key = keyOf(finding);
      const ordinal = counts.get(key) ?? 0;
      counts.set(key, ordinal + 1);
      return toKey(key, ordinal);
    });
  },
});

export const byLine = byKey('rule+file+line', ({ rule, file, line }) => toKey(rule, file, line));

export const keyWays: readonly KeyWay[] = [
  byLine,
  // The hash code of DefectDojo for reports in SARIF: title, file and line, and the description.
  byKey("DefectDojo's fields", ({ rule, file, line, message }) => toKey(rule, file, line, message)),
  // As Semgrep's: rule, path, code, and an index among equal ones.
  byKeyAndOrdinal('snippet with ordinal', ({ rule, file, lineHash }) => toKey(rule, file, lineHash)),
  // The primaryLocationLineHash, which has a counter of its own, with rule and path.
  byKey("GitHub's line hash", ({ rule, file, githubHash }) => toKey(rule, file, githubHash)),
];
