/** More edits make another word, not a typing error. */
const maxDistance = 3;

/**
 * Finds the name that somebody most likely meant, regardless of letter case and of `_` and `-`; undefined where none is
 * similar.
 *
 * @example
 * ```ts
 * similarName('statsu', ['status', 'branch']); // 'status'
 * ```
 */
export function similarName(name: string, names: readonly string[]): string | undefined {
  const written = plain(name);
  const [best] = names
    .map((candidate) => {
      const word = plain(candidate);
      return { candidate, distance: distanceBetween(written, word), length: Math.max(written.length, word.length) };
    })
    .filter(({ distance, length }) => distance <= maxDistance && distance < length * 0.4)
    .toSorted((one, other) => one.distance - other.distance);
  return best?.candidate;
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[_-]/g, '').slice(0, 100);

/** How many characters have to be inserted, deleted, replaced or swapped with the next one (Damerau–Levenshtein). */
function distanceBetween(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > maxDistance) return Infinity;
  // The last two rows of the matrix: by how many edits each prefix of `other` differs from a prefix of `one`.
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [index, character] of one.split('').entries()) {
    const next = [index + 1];
    for (const [column, target] of other.split('').entries()) {
      const cost = character === target ? 0 : 1;
      const swaps = index > 0 && column > 0 && character === other[column - 1] && one[index - 1] === target;
      next.push(
        Math.min(
          Number(next[column]) + 1,
          Number(row[column + 1]) + 1,
          Number(row[column]) + cost,
          swaps ? Number(before[column - 1]) + 1 : Infinity,
        ),
      );
    }
    [before, row] = [row, next];
  }
  return Number(row.at(-1));
}
