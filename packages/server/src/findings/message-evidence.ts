import { toKey } from './candidates.ts';
import type { FilePair, Pairing, Sighting } from './pairing.ts';

const uniqueMessage = 2;
const sameMessage = 0.75;
const otherMessage = -1;
/** For a rule whose messages did not change where the lines did not. It names what it found, such as a variable. */
const otherMessageOfStableRule = -2;

/** How many matched findings show that a rule is stable. */
const minMatchesOfStableRule = 5;

/** What the messages of two findings say about whether they are the same one. */
export class MessageEvidence {
  readonly #counts: { readonly before: ReadonlyMap<string, number>; readonly after: ReadonlyMap<string, number> };
  readonly #stableRules: ReadonlySet<string>;

  constructor(pairing: Pairing) {
    this.#counts = { before: countMessages(pairing.before), after: countMessages(pairing.after) };
    this.#stableRules = listStableRules(pairing);
  }

  /** Weighs the messages of two findings of one rule. */
  weigh(one: Sighting, other: Sighting, files: FilePair): number {
    if (one.shape !== other.shape) return this.#stableRules.has(one.rule) ? otherMessageOfStableRule : otherMessage;
    const isUnique =
      this.#counts.before.get(toKey(files.before, one.rule, one.shape)) === 1 &&
      this.#counts.after.get(toKey(files.after, other.rule, other.shape)) === 1;
    return isUnique ? uniqueMessage : sameMessage;
  }
}

/** Counts the findings with each message, by file and rule. */
function countMessages(findings: readonly Sighting[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { file, rule, shape } of findings) {
    const key = toKey(file, rule, shape);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Learns from the findings whose line is known to be the same. */
function listStableRules(pairing: Pairing): ReadonlySet<string> {
  const matches = new Map<string, number>();
  const changed = new Set<string>();
  for (const link of pairing.links) {
    const [one, other] = [pairing.earlier(link), pairing.later(link)];
    if (one.lineHash === null || one.lineHash !== other.lineHash) continue;
    matches.set(one.rule, (matches.get(one.rule) ?? 0) + 1);
    if (one.shape !== other.shape) changed.add(one.rule);
  }
  const isStable = ([rule, count]: [string, number]) => count >= minMatchesOfStableRule && !changed.has(rule);
  return new Set([...matches].filter(isStable).map(([rule]) => rule));
}
