import type { RecordedFinding } from './history.ts';
import type { Findings, IndexPair } from './way.ts';

/** Pairs of two scans. A finding has one partner at most. */
export class PairList {
  readonly before: Findings;
  readonly after: Findings;
  readonly #mayPair: (one: RecordedFinding, other: RecordedFinding) => boolean;
  readonly #afterOf = new Map<number, number>();
  readonly #beforeOf = new Map<number, number>();

  constructor(before: Findings, after: Findings, mayPair: (one: RecordedFinding, other: RecordedFinding) => boolean) {
    this.before = before;
    this.after = after;
    this.#mayPair = mayPair;
  }

  link(one: number, other: number): void {
    const [earlier, later] = [this.before[one], this.after[other]];
    if (earlier === undefined || later === undefined) return;
    if (this.#afterOf.has(one) || this.#beforeOf.has(other) || !this.#mayPair(earlier, later)) return;
    this.#afterOf.set(one, other);
    this.#beforeOf.set(other, one);
  }

  /** Links the unmatched findings that are the only ones with their key on both sides. */
  linkUnique(keyOf: (finding: RecordedFinding) => string | undefined): void {
    const earlier = groupFree(this.before, this.#afterOf, keyOf);
    for (const [key, [other, ...others]] of groupFree(this.after, this.#beforeOf, keyOf)) {
      const [one, ...ones] = earlier.get(key) ?? [];
      if (key === undefined || one === undefined || other === undefined) continue;
      if (ones.length === 0 && others.length === 0) this.link(one, other);
    }
  }

  /** Links the unmatched findings with equal keys, in their order. */
  linkInOrder(keyOf: (finding: RecordedFinding) => string): void {
    const earlier = groupFree(this.before, this.#afterOf, keyOf);
    for (const [key, later] of groupFree(this.after, this.#beforeOf, keyOf))
      for (const [rank, one] of (earlier.get(key) ?? []).entries()) this.link(one, later[rank] ?? -1);
  }

  laterAt(index: number): RecordedFinding {
    const finding = this.after[index];
    if (finding === undefined) throw new RangeError(`There is no finding ${index}.`);
    return finding;
  }

  partnerOf(one: number): number | undefined {
    return this.#afterOf.get(one);
  }

  list(): IndexPair[] {
    return [...this.#afterOf];
  }
}

/** Pairs the findings with equal keys in their order, with one key after the other over what is unmatched. */
export function pairInPasses(
  before: Findings,
  after: Findings,
  keys: readonly ((finding: RecordedFinding) => string)[],
): IndexPair[] {
  const pairs = new PairList(before, after, () => true);
  for (const keyOf of keys) pairs.linkInOrder(keyOf);
  return pairs.list();
}

function groupFree<Key>(
  findings: Findings,
  partners: ReadonlyMap<number, number>,
  keyOf: (finding: RecordedFinding) => Key,
): Map<Key, number[]> {
  const groups = new Map<Key, number[]>();
  for (const [index, finding] of findings.entries()) {
    if (partners.has(index)) continue;
    const key = keyOf(finding);
    const group = groups.get(key) ?? [];
    group.push(index);
    groups.set(key, group);
  }
  return groups;
}
