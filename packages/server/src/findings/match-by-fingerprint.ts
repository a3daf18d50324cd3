import { toKey } from './candidates.ts';
import type { Index, Pairing, Sighting } from './pairing.ts';

/**
 * Matches findings by the fingerprints that the tool gave. Some tools write one constant text for all findings, or one text
 * for all equal lines. So a fingerprint is evidence only if it tells findings apart: if its values are mostly different, and
 * if this value belongs to one finding of its rule on each side.
 */
export function matchByFingerprint(pairing: Pairing): void {
  const names = new Set(pairing.after.flatMap(({ fingerprints }) => Object.keys(fingerprints)));
  for (const name of [...names].toSorted()) {
    const before = indexUnique(pairing.before, name);
    const after = indexUnique(pairing.after, name);
    for (const [key, one] of before) {
      const other = after.get(key);
      if (other === undefined) continue;
      const pair = { before: one, after: other };
      if (!isContradicted(pairing.earlier(pair), pairing.later(pair))) pairing.link(pair, 'fingerprint');
    }
  }
}

/** Returns the findings whose fingerprint is unique, by rule and value. Empty if the fingerprint does not discriminate. */
function indexUnique(findings: readonly Sighting[], name: string): ReadonlyMap<string, Index> {
  const places = new Set<string>();
  const values = new Set<string>();
  const byKey = Map.groupBy(findings.keys(), (index) => {
    const finding = findings[index];
    const value = finding?.fingerprints[name];
    if (finding === undefined || value === undefined) return undefined;
    places.add(toKey(finding.file, finding.line ?? 0));
    values.add(value);
    return toKey(finding.rule, value);
  });
  // A constant fingerprint of a single finding can't be recognized here.
  if (places.size > 1 && values.size * 2 <= places.size) return new Map();
  return new Map(
    [...byKey].flatMap(([key, [index, ...others]]) =>
      key === undefined || index === undefined || others.length > 0 ? [] : [[key, index] as const],
    ),
  );
}

/** Whether file and line both say that these are different findings. */
function isContradicted(one: Sighting, other: Sighting): boolean {
  if (one.file === other.file) return false;
  return one.lineHash !== null && other.lineHash !== null && one.lineHash !== other.lineHash;
}
