// Which pairs may be right, by what both findings have in common.
import type { Candidate } from './chain.ts';
import { lineOf } from './compare-findings.ts';
import { elementAt, type Index, type Pair, type Pairing, type Sides, type Sighting } from './pairing.ts';

/** How good the evidence of a candidate is. Only the order of the weights matters, and the cost of an offset's change. */
const weights = { context: 2, line: 1.5, message: 1, sameMessage: 0.2 };

/** Whether both findings have a hash of their line. */
export const haveHashes = (one: Sighting, other: Sighting): boolean => one.lineHash !== null && other.lineHash !== null;

/** Lists the pairs with the same context or line. */
export function listSameContent(pairing: Pairing, sides: Sides): Candidate[] {
  const candidates: Candidate[] = [];
  // A context that is unique on both sides settles whose partner a finding is.
  const settled = { before: new Set<Index>(), after: new Set<Index>() };
  for (const group of groupBoth(pairing, sides, contextKey)) {
    for (const pair of pairsOf(pairing, group)) candidates.push(toCandidate(pairing, pair, weights.context));
    if (group.before.length !== 1 || group.after.length !== 1) continue;
    settled.before.add(elementAt(group.before, 0));
    settled.after.add(elementAt(group.after, 0));
  }
  const unsettled = {
    before: sides.before.filter((index) => !settled.before.has(index)),
    after: sides.after.filter((index) => !settled.after.has(index)),
  };
  for (const group of groupBoth(pairing, unsettled, lineKey))
    for (const pair of pairsOf(pairing, group)) {
      const context = pairing.earlier(pair).contextHash;
      if (context !== null && context === pairing.later(pair).contextHash) continue;
      candidates.push(toCandidate(pairing, pair, weights.line));
    }
  return candidates;
}

/** Lists the pairs with the same message of which one or both have no hash. */
export function listSameMessage(pairing: Pairing, sides: Sides): Candidate[] {
  const candidates: Candidate[] = [];
  for (const group of groupBoth(pairing, sides, ({ rule, shape }) => toKey(rule, shape)))
    for (const pair of pairsOf(pairing, withoutHashes(pairing, group)))
      if (!haveHashes(pairing.earlier(pair), pairing.later(pair)))
        candidates.push(toCandidate(pairing, pair, weights.message));
  return candidates;
}

/** Where all of one side have a hash, only those of the other side without one can be candidates. */
function withoutHashes(pairing: Pairing, group: Sides): Sides {
  const lacks = ({ lineHash }: Sighting) => lineHash === null;
  const before = group.before.filter((index) => lacks(pairing.earlier({ before: index })));
  const after = group.after.filter((index) => lacks(pairing.later({ after: index })));
  return {
    before: after.length === 0 ? before : group.before,
    after: before.length === 0 ? after : group.after,
  };
}

/** The rule and context of a finding. */
export const contextKey = ({ rule, contextHash }: Sighting): string | undefined =>
  contextHash === null ? undefined : toKey(rule, contextHash);

/** The rule and line of a finding. */
export const lineKey = ({ rule, lineHash }: Sighting): string | undefined =>
  lineHash === null ? undefined : toKey(rule, lineHash);

export const toKey = (...parts: readonly (string | number)[]): string => JSON.stringify(parts);

export const offsetOf = (pairing: Pairing, pair: Pair): number =>
  lineOf(pairing.later(pair)) - lineOf(pairing.earlier(pair));

function toCandidate(pairing: Pairing, pair: Pair, weight: number): Candidate {
  const message = pairing.earlier(pair).message === pairing.later(pair).message ? weights.sameMessage : 0;
  return { ...pair, weight: weight + message, offset: offsetOf(pairing, pair) };
}

/** Groups both sides by a key. Returns the groups that both sides have. */
export function groupBoth(
  pairing: Pairing,
  { before, after }: Sides,
  keyOf: (finding: Sighting) => string | undefined,
): Sides[] {
  const groups = Map.groupBy(after, (index) => keyOf(pairing.later({ after: index })));
  return [...Map.groupBy(before, (index) => keyOf(pairing.earlier({ before: index })))].flatMap(([key, earlier]) => {
    const later = key === undefined ? undefined : groups.get(key);
    return later === undefined ? [] : [{ before: earlier, after: later }];
  });
}

/** Lists all pairs of a group or, if these are too many, those that have the same rank from the first or from the last. */
export function* pairsOf(pairing: Pairing, { before, after }: Sides): Generator<Pair> {
  if (pairing.mayConsider(before.length * after.length)) {
    for (const one of before) for (const other of after) yield { before: one, after: other };
    return;
  }
  const surplus = after.length - before.length;
  for (const [rank, one] of before.entries())
    for (const other of new Set([after[rank], after[rank + surplus]]))
      if (other !== undefined) yield { before: one, after: other };
}
