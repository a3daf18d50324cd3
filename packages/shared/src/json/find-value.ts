import { isList, isPlainObject } from './json.ts';

/** A value in a document, and where it is. */
export interface FoundValue {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

interface Level {
  readonly entries: Iterator<[string | number, unknown]>;
  key: string | number;
}

/**
 * Finds the first value in a document, at any depth, that matches. Without recursion: the document may be nested deeper than
 * any limit.
 */
export function findValue(
  document: unknown,
  matches: (key: string | number, value: unknown) => boolean,
): FoundValue | undefined {
  const levels = levelsOf(document);
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const next = level.entries.next();
    if (next.done === true) {
      levels.pop();
      continue;
    }
    const [key, value] = next.value;
    level.key = key;
    if (matches(key, value)) return { path: levels.map((each) => each.key), value };
    levels.push(...levelsOf(value));
  }
  return undefined;
}

/** The level of what an array or object contains; none for other values. */
function levelsOf(value: unknown): Level[] {
  if (isList(value)) return [{ entries: value.entries(), key: 0 }];
  return isPlainObject(value) ? [{ entries: Object.entries(value).values(), key: '' }] : [];
}
