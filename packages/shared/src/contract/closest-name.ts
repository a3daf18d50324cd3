// Which known name was probably meant. Written here since the client's package contains the contract, too: a library would
// be one more package in it, and the usual ones count transposed letters as two edits.

/** Longer names are no typing errors, and comparing them takes long. */
const maxComparedLength = 40;

/**
 * The known name that a name was probably meant to be: the same in another letter case or spelling, a part of it, or one
 * that differs in a third of its letters at most. Undefined where there is none.
 */
export function closestName(sent: string, known: readonly string[]): string | undefined {
  const letters = lettersOf(sent);
  if (letters.length < 2 || letters.length > maxComparedLength) return undefined;
  const [best] = known
    .map((name) => ({ name, distance: distanceBetween(letters, lettersOf(name)) }))
    .filter(({ distance }) => distance <= Math.max(1, letters.length / 3))
    .toSorted((one, other) => one.distance - other.distance);
  return best?.name;
}

const lettersOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** The edits between two names; less than one edit where one is a part of the other. */
function distanceBetween(one: string, other: string): number {
  if (one === other) return 0;
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.length > 2 && long.includes(short) ? 1 - short.length / long.length : editsBetween(one, other);
}

/** The insertions, deletions, substitutions and transpositions of adjacent letters that turn one text into another. */
function editsBetween(one: string, other: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const current = [i];
    for (let j = 1; j <= other.length; j++) {
      const substituted = at(previous, j - 1) + (one[i - 1] === other[j - 1] ? 0 : 1);
      const isTransposed = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      current[j] = Math.min(
        at(previous, j) + 1,
        at(current, j - 1) + 1,
        substituted,
        isTransposed ? at(beforePrevious, j - 2) + 1 : Infinity,
      );
    }
    [beforePrevious, previous] = [previous, current];
  }
  return at(previous, other.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Infinity;
