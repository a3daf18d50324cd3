// The findings of two scans and the pairs between them. A finding has one partner at most: this is where that is ensured.
import { compareText } from './compare-findings.ts';
import type { MatchedBy, ReportedFinding } from './finding.ts';
import { toMessageShape } from './message-shape.ts';

/** The position of a finding in its sorted side. */
export type Index = number;

/** A finding, and its message without numbers. */
export interface Sighting extends ReportedFinding {
  readonly shape: string;
}

/** An earlier and a later finding. */
export interface Pair {
  readonly before: Index;
  readonly after: Index;
}

/** A pair that was matched. */
interface Link extends Pair {
  readonly matchedBy: MatchedBy;
}

/** Some of the earlier and some of the later findings, both in their order. */
export interface Sides {
  readonly before: readonly Index[];
  readonly after: readonly Index[];
}

/** A file of the earlier scan, and the file of the later scan that its findings are compared with. */
export interface FilePair {
  readonly before: string;
  readonly after: string;
}

/** The most pairs that a scan considers. Beyond them, only the order of equal findings decides. */
const maxPairs = 500_000;

/** The most pairs of one group of equal findings. */
const maxPairsOfGroup = 250_000;

export class Pairing {
  readonly before: readonly Sighting[];
  readonly after: readonly Sighting[];
  readonly renames: ReadonlyMap<string, string>;
  readonly #partners: { readonly before: Int32Array; readonly after: Int32Array };
  readonly #files: { readonly before: Map<string, Index[]>; readonly after: Map<string, Index[]> };
  readonly #links: Link[] = [];
  #pairsLeft = maxPairs;

  /** Both sides must be sorted by compareFindings(). */
  constructor(before: readonly ReportedFinding[], after: readonly ReportedFinding[], renames: Pairing['renames']) {
    this.before = before.map(toSighting);
    this.after = after.map(toSighting);
    this.renames = renames;
    this.#partners = { before: new Int32Array(before.length).fill(-1), after: new Int32Array(after.length).fill(-1) };
    this.#files = { before: groupByFile(before), after: groupByFile(after) };
  }

  get links(): readonly Link[] {
    return this.#links;
  }

  get files(): { readonly before: ReadonlyMap<string, Index[]>; readonly after: ReadonlyMap<string, Index[]> } {
    return this.#files;
  }

  link({ before, after }: Pair, matchedBy: MatchedBy): void {
    if (this.#partners.before[before] !== -1 || this.#partners.after[after] !== -1) return;
    this.#partners.before[before] = after;
    this.#partners.after[after] = before;
    this.#links.push({ before, after, matchedBy });
  }

  earlier({ before }: Pick<Pair, 'before'>): Sighting {
    return elementAt(this.before, before);
  }

  later({ after }: Pick<Pair, 'after'>): Sighting {
    return elementAt(this.after, after);
  }

  /** The findings of two files that have no partner. */
  freeIn({ before, after }: FilePair): Sides {
    return this.#onlyFree(this.#files.before.get(before) ?? [], this.#files.after.get(after) ?? []);
  }

  /** All findings that have no partner. */
  free(): Sides {
    return this.#onlyFree([...this.before.keys()], [...this.after.keys()]);
  }

  /** The matched pairs of two files, in the order of the earlier one. */
  linkedIn(files: FilePair): Pair[] {
    return (this.#files.before.get(files.before) ?? []).flatMap((before) => {
      const after = elementAt(this.#partners.before, before);
      return after !== -1 && this.later({ after }).file === files.after ? [{ before, after }] : [];
    });
  }

  /** The earlier files, each with the file that it is now according to the runner. */
  renamedFiles(): FilePair[] {
    return [...this.#files.before.keys()].map((before) => ({ before, after: this.renames.get(before) ?? before }));
  }

  /** Whether one file became the other: the runner says so, or all findings of one are gone and all of the other are new. */
  isRenamed({ before, after }: FilePair): boolean {
    if (this.renames.get(before) === after) return true;
    return !this.#files.after.has(before) && !this.#files.before.has(after);
  }

  /** The files that were renamed according to the runner, or that findings were matched between; those with most first. */
  linkedFiles(): FilePair[] {
    const counts = new Map<string, FilePair & { count: number }>();
    const count = (files: FilePair, amount: number) => {
      const key = JSON.stringify([files.before, files.after]);
      const counted = counts.get(key) ?? { ...files, count: 0 };
      counted.count += amount;
      counts.set(key, counted);
    };
    for (const files of this.renamedFiles()) count(files, 0);
    for (const link of this.#links) count({ before: this.earlier(link).file, after: this.later(link).file }, 1);
    return [...counts.values()].toSorted(
      (one, other) =>
        other.count - one.count || compareText(one.before, other.before) || compareText(one.after, other.after),
    );
  }

  /** Whether so many pairs may still be considered. They then count. */
  mayConsider(pairs: number): boolean {
    if (pairs > maxPairsOfGroup || pairs > this.#pairsLeft) return false;
    this.#pairsLeft -= pairs;
    return true;
  }

  #onlyFree(before: readonly Index[], after: readonly Index[]): Sides {
    return {
      before: before.filter((index) => this.#partners.before[index] === -1),
      after: after.filter((index) => this.#partners.after[index] === -1),
    };
  }
}

const toSighting = (finding: ReportedFinding): Sighting => ({ ...finding, shape: toMessageShape(finding.message) });

/** Returns the indexes of each file's findings. */
function groupByFile(findings: readonly ReportedFinding[]): Map<string, Index[]> {
  return Map.groupBy(findings.keys(), (index) => elementAt(findings, index).file);
}

/** Returns an element that exists. */
export function elementAt<T>(list: ArrayLike<T>, index: number): T {
  const element = list[index];
  if (element === undefined) throw new RangeError(`There is no element ${index} among ${list.length}.`);
  return element;
}
