// JSON as a caller wrote it. What JavaScript would change in silence while parsing is found here.
import { formatPath } from './format-path.ts';
import { InvalidInputError, MalformedBodyError } from './platform-error.ts';

/**
 * What a body says.
 *
 * @throws MalformedBodyError; InvalidInputError naming a number that would not come back equal
 */
export function parseJson(text: string): unknown {
  requireExactNumbers(text);
  return parse(text);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MalformedBodyError(
      `The body is not JSON: ${cause instanceof Error ? cause.message : 'it can not be parsed'}`,
      { cause },
    );
  }
}

/** Number tokens that might be too long or too large for a double. Strings may match too; the second look decides. */
const suspiciousNumber = /[\s:[,]-?(?:\d{16,}|[\d.]{100,}|\d[\d.]*[eE][+-]?\d{3,})/;

/**
 * Refuses integers that a double can't hold and numbers out of its range. A fraction is rounded to the nearest
 * double, as in every JSON reader that follows RFC 8259, section 6.
 *
 * @throws InvalidInputError
 */
export function requireExactNumbers(text: string): void {
  if (!suspiciousNumber.test(text)) return;
  const inexact = new Map<unknown, { key: string; source: string }>();
  let document: unknown;
  try {
    // oxlint-disable-next-line max-params -- `this` counts, and the source text comes last
    document = JSON.parse(text, function (this: unknown, key, value: unknown, context?: { source?: string }) {
      const source = context?.source;
      if (typeof value === 'number' && source !== undefined && !isExact(value, source))
        inexact.set(this, { key, source });
      return value;
    });
  } catch {
    return; // Not JSON, or nested too deep to look into: refused as that, further on.
  }
  for (const place of inexact.size === 0 ? [] : containers(document)) {
    const found = inexact.get(place.value);
    if (found === undefined) continue;
    const key = Array.isArray(place.value) ? Number(found.key) : found.key;
    const source = found.source.length > 40 ? `${found.source.slice(0, 40)}…` : found.source;
    const message = `is ${source}, which JSON numbers can't hold exactly; send it as a string`;
    throw new InvalidInputError([{ path: formatPath([...pathTo(place), key]), message }]);
  }
}

function isExact(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  if (value === 0) return !/[1-9]/.test(source.split(/e/i)[0] ?? '');
  // What is written back is the shortest text that reads as the same double, so other digits would come back.
  return !/^-?\d+$/.test(source) || Number.isSafeInteger(value) || String(value) === source;
}

/** A value in a document, and where it is: linked, since a path for each would not fit into memory. */
interface Place {
  readonly value: unknown;
  readonly key?: PropertyKey;
  readonly inside?: Place;
}

/** Every object and array in a document. */
function* containers(document: unknown): Generator<Place> {
  const waiting: Place[] = [{ value: document }];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const { value } = place;
    if (typeof value !== 'object' || value === null) continue;
    yield place;
    for (const [key, inner] of Object.entries(value)) {
      waiting.push({ value: inner, key: Array.isArray(value) ? Number(key) : key, inside: place });
    }
  }
}

function pathTo(place: Place): PropertyKey[] {
  const path: PropertyKey[] = [];
  for (let at: Place | undefined = place; at?.key !== undefined; at = at.inside) path.unshift(at.key);
  return path;
}
