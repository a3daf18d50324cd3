// Compares what a way says with the truth, from each scan to the one that is `gap` scans later.
import type { History } from './history.ts';
import type { Findings, IndexPair, Way } from './way.ts';

/** Counts of findings. */
interface Counts {
  persisting: number;
  lost: number;
  swapped: number;
  gone: number;
  hiddenFix: number;
  fresh: number;
  hiddenNew: number;
  findings: number;
  merged: number;
}

/** How often a way is wrong, as fractions. */
export interface IdentityFigures {
  /** Of the findings that persist: called fixed, and new again. */
  readonly lost: number;
  /** Of the findings that persist: taken for another one. */
  readonly swapped: number;
  /** Of the findings that are really gone: called persisting. */
  readonly hiddenFix: number;
  /** Of the findings that are really new: called known. */
  readonly hiddenNew: number;
  /** Of all findings: those that share their identity with another of the same scan. */
  readonly merged: number;
}

export function measureIdentity({ scans }: History, way: Way, gap: number): IdentityFigures {
  const counts: Counts = {
    persisting: 0,
    lost: 0,
    swapped: 0,
    gone: 0,
    hiddenFix: 0,
    fresh: 0,
    hiddenNew: 0,
    findings: 0,
    merged: 0,
  };
  for (const scan of scans) {
    counts.findings += scan.length;
    if ('listKeys' in way) counts.merged += scan.length - new Set(way.listKeys(scan)).size;
  }
  for (const [index, after] of scans.entries()) {
    const before = scans[index - gap];
    if (before !== undefined) addCounts(counts, { before, after }, way);
  }
  const share = (count: number, all: number) => (all === 0 ? 0 : count / all);
  return {
    lost: share(counts.lost, counts.persisting),
    swapped: share(counts.swapped, counts.persisting),
    hiddenFix: share(counts.hiddenFix, counts.gone),
    hiddenNew: share(counts.hiddenNew, counts.fresh),
    merged: share(counts.merged, counts.findings),
  };
}

interface Scans {
  readonly before: Findings;
  readonly after: Findings;
}

function addCounts(counts: Counts, scans: Scans, way: Way): void {
  const truths = new Map(scans.before.map(({ truth }, index) => [truth, index]));
  const { partners, kept, merged } =
    'listKeys' in way ? pairByKeys(scans, way.listKeys) : pairByMatch(scans, way.match);
  counts.merged += merged;
  const remaining = new Set<number>();
  for (const [index, { truth }] of scans.after.entries()) {
    const expected = truths.get(truth);
    const partner = partners(index, expected);
    if (expected === undefined) {
      counts.fresh += 1;
      if (partner !== undefined) counts.hiddenNew += 1;
      continue;
    }
    remaining.add(expected);
    counts.persisting += 1;
    if (partner === undefined) counts.lost += 1;
    else if (partner !== expected) counts.swapped += 1;
  }
  for (const index of scans.before.keys()) {
    if (remaining.has(index)) continue;
    counts.gone += 1;
    if (kept(index)) counts.hiddenFix += 1;
  }
}

/** What a way says about two scans. */
interface Answer {
  /** Returns the earlier finding that a later one is said to be. Among several, the right one counts. */
  readonly partners: (after: number, expected: number | undefined) => number | undefined;
  /** Whether an earlier finding is said to persist. */
  readonly kept: (before: number) => boolean;
  /** How many findings share a partner. */
  readonly merged: number;
}

function pairByKeys({ before, after }: Scans, listKeys: (findings: Findings) => readonly string[]): Answer {
  const [earlier, later] = [listKeys(before), listKeys(after)];
  const byKey = Map.groupBy(before.keys(), (index) => earlier[index]);
  const laterKeys = new Set(later);
  return {
    partners: (index, expected) => {
      const equal = byKey.get(later[index]);
      return expected !== undefined && equal?.includes(expected) === true ? expected : equal?.[0];
    },
    kept: (index) => laterKeys.has(earlier[index] ?? ''),
    merged: 0,
  };
}

function pairByMatch(
  { before, after }: Scans,
  match: (before: Findings, after: Findings) => readonly IndexPair[],
): Answer {
  const pairs = match(before, after);
  const partners = new Map(pairs.map(([one, other]) => [other, one]));
  const kept = new Set(pairs.map(([one]) => one));
  return {
    partners: (index) => partners.get(index),
    kept: (index) => kept.has(index),
    merged: pairs.length - Math.min(partners.size, kept.size),
  };
}
