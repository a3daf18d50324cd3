// Parses JSON from callers, and refuses what JSON.parse would change silently.
import { formatPath } from '../errors/format-path.ts';
import { describeValue } from '../contract/expected.ts';
import { isList, isPlainObject } from './json.ts';
import { endOfString, scanNumbers } from './scan-json.ts';
import { InvalidInputError, MalformedBodyError } from '../errors/platform-error.ts';

/**
 * Parses a body.
 *
 * @throws MalformedBodyError where it is not JSON; InvalidInputError as {@link requireLosslessJson} does
 */
export function parseJson(text: string): unknown {
  requireLosslessJson(text);
  return parse(text);
}

/**
 * Parses a body that must be an object.
 *
 * @throws InvalidInputError where it is not an object; what {@link parseJson} throws
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
      `The body is not valid JSON: ${cause instanceof Error ? cause.message : 'it can not be parsed'}`,
      { cause },
    );
  }
}

/**
 * Checks that parsing the text loses nothing and does not need too much memory.
 *
 * @throws InvalidInputError where it has more than a million values, or a number that a double can't represent
 */
export function requireLosslessJson(text: string): void {
  requireFewValues(text);
  requireExactNumbers(text);
}

/** A scan result of 10 MB has half as many: a value takes about twenty characters with its key. */
export const maxValues = 1_000_000;

/** Small objects take up to a hundred times as much memory as their text. */
function requireFewValues(text: string): void {
  // A value takes at least two characters, so most bodies need no scan.
  if (text.length < maxValues * 2) return;
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === ',' || character === '[' || character === '{') values++;
  }
  if (values <= maxValues) return;
  const message = `has more than ${maxValues} values; split it into several requests`;
  throw new InvalidInputError([{ path: '', message }]);
}

/** Matches numbers that may not fit into a double. Also matches in strings: the scan decides. */
const suspiciousNumber = /[\s:[,]-?(?:\d{16}|[\d.]{100}|\d[\d.]*[eE][+-]?\d{3})/;

/**
 * How many inexact numbers under duplicate keys are skipped: JSON.parse keeps the last value of a key, so the others do not
 * matter. After that, such a number is refused too, so that the check takes linear time.
 */
const maxSuperseded = 100;

/**
 * Refuses integers that a double can't represent exactly and numbers out of its range. Fractions are rounded to the nearest
 * double, as RFC 8259, section 6 expects of interoperable JSON.
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
      return; // parseJson reports it.
    }
    const path = pathOf();
    const isSuperseded = path.reduce(valueOf, document) !== Number(source);
    if (isSuperseded && superseded++ < maxSuperseded) continue;
    const shown = source.length > 40 ? `${source.slice(0, 40)}…` : source;
    const message = `is ${shown}, which a JSON number can't represent exactly; send it as a string`;
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
  // JSON.stringify writes the shortest text of the double, so a longer integer comes back with other digits.
  return !/^-?\d+$/.test(source) || Number.isSafeInteger(value) || String(value) === source;
}
