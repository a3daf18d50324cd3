import { contextKey, groupBoth, lineKey, listSameContent, toKey } from './candidates.ts';
import { findBestChain } from './chain.ts';
import { compareText } from './compare-findings.ts';
import type { FilePair, Pairing, Sides } from './pairing.ts';

/** Lines that more pairs of findings have in common say nothing about where code was moved to. */
const maxPairsOfKey = 100;

/** One common context and its line, or two common lines. A single line may be alike by chance. */
const minScore = 1.5;

interface RankedFiles extends FilePair {
  score: number;
}

/** Matches findings that kept their line, and are in another order or in another file: moved blocks, renamed files. */
export function matchMoved(pairing: Pairing): void {
  for (const files of rankFiles(pairing)) {
    const sides = pairing.freeIn(files);
    for (const candidate of findBestChain(listSameContent(pairing, sides))) pairing.link(candidate, 'moved');
  }
}

/** Returns the files that have unmatched lines in common, the closest first. */
function rankFiles(pairing: Pairing): FilePair[] {
  const ranked = new Map<string, RankedFiles>();
  const free = pairing.free();
  for (const keyOf of [contextKey, lineKey])
    for (const group of groupBoth(pairing, free, keyOf)) addScores(pairing, group, ranked);
  return [...ranked.values()]
    .filter(({ score }) => score >= minScore)
    .toSorted(
      (one, other) =>
        other.score - one.score || compareText(one.before, other.before) || compareText(one.after, other.after),
    );
}

/** Shares one point among the pairs of a group, so that a unique line counts most. */
function addScores(pairing: Pairing, group: Sides, ranked: Map<string, RankedFiles>): void {
  if (group.before.length * group.after.length > maxPairsOfKey) return;
  const share = 1 / Math.max(group.before.length, group.after.length);
  for (const before of group.before)
    for (const after of group.after) {
      const files = { before: pairing.earlier({ before }).file, after: pairing.later({ after }).file };
      const key = toKey(files.before, files.after);
      const entry = ranked.get(key) ?? { ...files, score: 0 };
      entry.score += share;
      ranked.set(key, entry);
    }
}
