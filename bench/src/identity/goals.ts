import type { IdentityFigures } from './measure-identity.ts';

/** The figures of the product for one history. */
export interface HistoryFigures {
  readonly file: string;
  /** From each scan to the next, 50 commits later. */
  readonly next: IdentityFigures;
  /** From each scan to the fourth after it, 200 commits later. */
  readonly fourth: IdentityFigures;
  /** From each scan to the next, without hashes from the runner. */
  readonly withoutHashes: IdentityFigures;
  /** rule+file+line, from each scan to the next. */
  readonly byLine: IdentityFigures;
}

/** The largest fractions. `lostOnAverage` is over all histories, the others apply to each. */
const goals = { lostOnAverage: 0.01, lost: 0.015, swapped: 0.002, merged: 0, hiddenFix: 0.05, lostAtFourth: 0.05 };

/** Without hashes, at most this share of what rule+file+line loses is lost. */
const shareOfByLine = 0.5;

/** Returns a sentence for each goal that is missed. */
export function listMissedGoals(histories: readonly HistoryFigures[]): string[] {
  const average = histories.reduce((sum, { next }) => sum + next.lost, 0) / Math.max(histories.length, 1);
  return [
    ...exceeds('all histories: lost on average', average, goals.lostOnAverage),
    ...histories.flatMap(({ file, next, fourth, withoutHashes, byLine }) => [
      ...exceeds(`${file}: lost`, next.lost, goals.lost),
      ...exceeds(`${file}: swapped`, next.swapped, goals.swapped),
      ...exceeds(`${file}: hidden fixes`, next.hiddenFix, goals.hiddenFix),
      ...exceeds(`${file}: merged`, Math.max(next.merged, fourth.merged, withoutHashes.merged), goals.merged),
      ...exceeds(`${file}: lost over four scans`, fourth.lost, goals.lostAtFourth),
      ...exceeds(`${file}: lost without hashes`, withoutHashes.lost, byLine.lost * shareOfByLine),
    ]),
  ];
}

function exceeds(what: string, value: number, goal: number): string[] {
  return value > goal ? [`${what}: ${toPercent(value)}. The goal is at most ${toPercent(goal)}.`] : [];
}

/** Formats a fraction. */
export const toPercent = (fraction: number): string => `${(100 * fraction).toFixed(2)} %`;
