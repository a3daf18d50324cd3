// The order-preserving alignment. Edits of a file keep the order of what they do not touch, and move all that follows by
// the same number of lines. So the best assignment is the heaviest chain of candidates that rises on both sides, less a
// cost for each change of the offset. n candidates take n log n.
import type { Index, Pair } from './pairing.ts';

/** A pair that may be right. */
export interface Candidate extends Pair {
  /** How good its evidence is. */
  readonly weight: number;
  /** By how many lines the finding would have moved. */
  readonly offset: number;
}

/**
 * What a change of the offset costs: less than half of the weight of a candidate with a hash, so that no such candidate is
 * left out to keep an offset. A small change costs less than a large one.
 */
const offsetChangeCost = (from: number, to: number): number =>
  from === to ? 0 : 0.35 + Math.min(0.01 * Math.log2(1 + Math.abs(to - from)), 0.2);

/** A candidate at the end of its best chain. */
interface Chain {
  readonly last: Candidate;
  readonly score: number;
  readonly rest: Chain | undefined;
}

/**
 * Returns the best chain, in its order.
 *
 * @param candidates their indexes must be in the order of their files
 * @param startOffset the offset of what comes before
 */
export function findBestChain(candidates: readonly Candidate[], startOffset = 0): Candidate[] {
  const ranks = rankLater(candidates);
  const chains = new Chains(ranks.size, startOffset);
  const rows = Map.groupBy(candidates, ({ before }) => before);
  // A finding has one partner, so all candidates of a row are extended before any of them is added.
  for (const [, row] of [...rows].toSorted(([one], [other]) => one - other)) {
    const extended = row
      .toSorted((one, other) => one.after - other.after)
      .map((candidate) => ({ candidate, rank: ranks.get(candidate.after) ?? 0 }))
      .map(({ candidate, rank }) => ({ chain: chains.extend(candidate, rank), rank }));
    for (const { chain, rank } of extended) chains.add(chain, rank);
  }
  return chains.best();
}

/** Numbers the later findings of the candidates, in their order. */
function rankLater(candidates: readonly Candidate[]): ReadonlyMap<Index, number> {
  const indexes = [...new Set(candidates.map(({ after }) => after))].toSorted((one, other) => one - other);
  return new Map(indexes.map((index, rank) => [index, rank]));
}

/** The best chains so far. */
class Chains {
  readonly #startOffset: number;
  /** A Fenwick tree: the best chain among those that end at a lower rank. */
  readonly #nodes: (Chain | undefined)[];
  readonly #byOffset = new Map<number, Chain>();
  #best: Chain | undefined;

  constructor(ranks: number, startOffset: number) {
    this.#startOffset = startOffset;
    this.#nodes = Array.from({ length: ranks + 1 }, () => undefined);
  }

  /** Returns the best chain that ends with a candidate. */
  extend(candidate: Candidate, rank: number): Chain {
    const { weight, offset, after } = candidate;
    let chain: Chain = {
      last: candidate,
      score: weight - offsetChangeCost(this.#startOffset, offset),
      rest: undefined,
    };
    const any = this.#before(rank);
    if (any !== undefined) {
      const score = any.score + weight - offsetChangeCost(any.last.offset, offset);
      if (score > chain.score) chain = { last: candidate, score, rest: any };
    }
    const same = this.#byOffset.get(offset);
    if (same !== undefined && same.last.after < after && same.score + weight > chain.score)
      chain = { last: candidate, score: same.score + weight, rest: same };
    return chain;
  }

  add(chain: Chain, rank: number): void {
    for (let node = rank + 1; node < this.#nodes.length; node += node & -node)
      if (isBetter(chain, this.#nodes[node])) this.#nodes[node] = chain;
    const { offset } = chain.last;
    if (isBetter(chain, this.#byOffset.get(offset))) this.#byOffset.set(offset, chain);
    if (isBetter(chain, this.#best)) this.#best = chain;
  }

  best(): Candidate[] {
    const candidates: Candidate[] = [];
    for (let chain = this.#best; chain !== undefined; chain = chain.rest) candidates.push(chain.last);
    return candidates.toReversed();
  }

  #before(rank: number): Chain | undefined {
    let found: Chain | undefined;
    for (let node = rank; node > 0; node -= node & -node) {
      const chain = this.#nodes[node];
      if (chain !== undefined && isBetter(chain, found)) found = chain;
    }
    return found;
  }
}

const isBetter = (chain: Chain, other: Chain | undefined): boolean => other === undefined || chain.score > other.score;
