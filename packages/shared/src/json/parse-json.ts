// JSON as a caller wrote it. What JavaScript would change in silence while parsing is found here.
import { formatPath } from '../errors/format-path.ts';
import { describeValue } from '../contract/expected.ts';
import { isList, isPlainObject } from './json.ts';
import { endOfString, scanNumbers } from './scan-json.ts';
import { InvalidInputError, MalformedBodyError } from '../errors/platform-error.ts';

/**
 * What a body says.
 *
 * @throws MalformedBodyError; what {@link requireLosslessJson} throws
 */
export function parseJson(text: string): unknown {
  requireLosslessJson(text);
  return parse(text);
}

/**
 * What a body says that has to be an object.
 *
 * @throws what {@link parseJson} throws
 */
export function parseJsonObject(text: string): Record<string, unknown> {
  const value = parseJson(text);
  if (isPlainObject(value)) return value;
  throw new InvalidInputError([{ path: '', message: `must be a JSON object, not ${describeValue(value)}` }]);
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

/**
 * Refuses JSON that would not come back equal once it is parsed, or that would take too much to parse.
 *
 * @throws InvalidInputError
 */
export function requireLosslessJson(text: string): void {
  requireFewValues(text);
  requireExactNumbers(text);
}

/** A scan of 10 MB has half as many: a value with its key is some twenty characters. */
const maxValues = 1_000_000;

/** So many small objects take a hundred times what their text does. */
function requireFewValues(text: string): void {
  // Each takes two characters at least, so most bodies need not be looked through.
  if (text.length < maxValues * 2) return;
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === ',' || character === '[' || character === '{') values++;
  }
  if (values <= maxValues) return;
  const message = `has more than ${maxValues} values; send less at once, or what is large as text`;
  throw new InvalidInputError([{ path: '', message }]);
}

/** Number tokens that might be too long or too large for a double. Strings may match too; the second look decides. */
const suspiciousNumber = /[\s:[,]-?(?:\d{16}|[\d.]{100}|\d[\d.]*[eE][+-]?\d{3})/;

/** A key that comes twice counts the last time. Who sends so many of them, with numbers at fault, hears of one. */
const maxSuperseded = 100;

/**
 * Refuses integers that a double can't hold and numbers out of its range. A fraction is rounded to the nearest
 * double, as in every JSON reader that follows RFC 8259, section 6.
 *
 * @throws InvalidInputError
 */
function requireExactNumbers(text: string): void {
  if (!suspiciousNumber.test(text)) return;
  let document: unknown;
  let superseded = 0;
  for (const { source, pathOf } of scanNumbers(text)) {
    if (isExact(Number(source), source)) continue;
    try {
      document ??= JSON.parse(text);
    } catch {
      return; // Not JSON: refused as that, further on.
    }
    const path = pathOf();
    const counts = path.reduce(valueOf, document) === Number(source);
    if (!counts && superseded++ < maxSuperseded) continue;
    const shown = source.length > 40 ? `${source.slice(0, 40)}…` : source;
    const message = `is ${shown}, which JSON numbers can't hold exactly; send it as a string`;
    throw new InvalidInputError([{ path: formatPath(path), message }]);
  }
}

const valueOf = (container: unknown, key: string | number): unknown => {
  if (isList(container)) return container[Number(key)];
  return isPlainObject(container) && Object.hasOwn(container, key) ? container[key] : undefined;
};

function isExact(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  if (value === 0) return !/[1-9]/.test(source.split(/e/i)[0] ?? '');
  // What is written back is the shortest text that reads as the same double, so other digits would come back.
  return !/^-?\d+$/.test(source) || Number.isSafeInteger(value) || String(value) === source;
}
