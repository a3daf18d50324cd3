import { offsetOf } from './candidates.ts';
import { findBestChain } from './chain.ts';
import { elementAt, type FilePair, type Index, type Pair, type Pairing, type Sides } from './pairing.ts';

/** Unmatched findings between two matched ones. */
export interface Gap extends Sides {
  /** By how many lines the neighbours moved. Lines before the first neighbour start with an offset of 0. */
  readonly offsets: readonly [number, ...number[]];
}

/** Lists the gaps of two files that have unmatched findings on both sides. Neighbours are those that kept their order. */
export function listGaps(pairing: Pairing, files: FilePair, free: Sides): Gap[] {
  const linked = pairing
    .linkedIn(files)
    .map((pair) => ({ before: pair.before, after: pair.after, weight: 1, offset: offsetOf(pairing, pair) }));
  const gaps: Gap[] = [];
  const rest = { before: new Reader(free.before), after: new Reader(free.after) };
  let offset = 0;
  for (const neighbour of [...findBestChain(linked), undefined]) {
    const sides = takeUntil(rest, neighbour);
    const offsets: Gap['offsets'] = neighbour === undefined ? [offset] : [offset, neighbour.offset];
    if (sides.before.length > 0 && sides.after.length > 0) gaps.push({ ...sides, offsets });
    offset = neighbour?.offset ?? offset;
  }
  return gaps;
}

const takeUntil = (rest: { before: Reader; after: Reader }, end: Pair | undefined): Sides => ({
  before: rest.before.takeBelow(end?.before ?? Infinity),
  after: rest.after.takeBelow(end?.after ?? Infinity),
});

/** Reads sorted indexes in parts. */
class Reader {
  readonly #indexes: readonly Index[];
  #next = 0;

  constructor(indexes: readonly Index[]) {
    this.#indexes = indexes;
  }

  takeBelow(end: number): Index[] {
    const start = this.#next;
    while (this.#next < this.#indexes.length && elementAt(this.#indexes, this.#next) < end) this.#next += 1;
    return this.#indexes.slice(start, this.#next);
  }
}
