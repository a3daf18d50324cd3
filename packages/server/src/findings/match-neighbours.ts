// Bridges edited lines. Their hashes differ, so what remains as evidence is the place between findings that are matched,
// the message and the column. The evidence of a pair is added up; a pair with too little is no candidate.
import { groupBoth, offsetOf, pairsOf } from './candidates.ts';
import { findBestChain, type Candidate } from './chain.ts';
import { listGaps, type Gap } from './gaps.ts';
import { MessageEvidence } from './message-evidence.ts';
import type { FilePair, Index, Pair, Pairing, Sides, Sighting } from './pairing.ts';

/** What a pair needs at least. Measured: see docs/decisions/finding-identity.md */
const required = 2;

/** The findings of the pair's rule in the gap: one on each side, or as many on each side, or more on one. */
const onlyOnes = 1.5;
const sameRank = 1;
const otherRank = -0.5;
const otherCount = -0.25;

/** By how many lines the offset of the pair differs from that of the nearer neighbour. Farther pairs are not bridged. */
const sameOffset = 1.75;
const nearOffsets = [
  { atMost: 2, weight: 1 },
  { atMost: 5, weight: 0.5 },
  { atMost: 15, weight: 0 },
] as const;

/** The neighbours agree about the offset, or are far apart. */
const agreement = 0.25;
const disagreement = -0.5;
const disagreementLines = 15;

const sameColumn = 0.75;
const otherColumn = -0.25;

/** Code that was moved to another file and edited, unlike a renamed file. */
const otherFile = -1;

/** Matches what is left between matched findings. */
export function matchNeighbours(pairing: Pairing): void {
  const messages = new MessageEvidence(pairing);
  for (const files of pairing.linkedFiles()) {
    const sides = pairing.freeIn(files);
    if (sides.before.length === 0 || sides.after.length === 0) continue;
    for (const gap of listGaps(pairing, files, sides)) bridge({ pairing, messages, files }, gap);
  }
}

interface Context {
  readonly pairing: Pairing;
  readonly messages: MessageEvidence;
  readonly files: FilePair;
}

function bridge(context: Context, gap: Gap): void {
  const candidates = groupBoth(context.pairing, gap, ({ rule }) => rule).flatMap((group) =>
    listCandidates(context, gap, group),
  );
  for (const candidate of findBestChain(candidates, gap.offsets[0])) context.pairing.link(candidate, 'neighbours');
}

function listCandidates({ pairing, messages, files }: Context, gap: Gap, group: Sides): Candidate[] {
  const ranks = { before: rankOf(group.before), after: rankOf(group.after) };
  const byRank = (pair: Pair) => {
    if (group.before.length !== group.after.length) return otherCount;
    if (group.before.length === 1) return onlyOnes;
    return ranks.before.get(pair.before) === ranks.after.get(pair.after) ? sameRank : otherRank;
  };
  const byFile = files.before === files.after || pairing.isRenamed(files) ? 0 : otherFile;
  return [...pairsOf(pairing, group)].flatMap((pair) => {
    const [one, other] = [pairing.earlier(pair), pairing.later(pair)];
    const offset = offsetOf(pairing, pair);
    const byPlace = byFile + byRank(pair) + byOffset(gap, offset) + byColumn(one, other);
    const evidence = byPlace + messages.weigh(one, other, files);
    return evidence > required ? [{ ...pair, offset, weight: evidence - required }] : [];
  });
}

const rankOf = (indexes: readonly Index[]): ReadonlyMap<Index, number> =>
  new Map(indexes.map((index, rank) => [index, rank]));

function byOffset({ offsets }: Gap, offset: number): number {
  const errors = offsets.map((neighbour) => Math.abs(neighbour - offset));
  const error = Math.min(...errors);
  if (error > 0) return nearOffsets.find(({ atMost }) => error <= atMost)?.weight ?? -Infinity;
  if (errors.length > 1 && Math.max(...errors) === 0) return sameOffset + agreement;
  return Math.max(...errors) > disagreementLines ? sameOffset + disagreement : sameOffset;
}

function byColumn(one: Sighting, other: Sighting): number {
  if (one.column === null || other.column === null) return 0;
  return one.column === other.column ? sameColumn : otherColumn;
}
