// Parses JSON from callers. A number that a double can't hold is kept as its text where the caller allows it, and refused
// elsewhere: JSON.parse would change it silently.
import { formatPath } from '../errors/format-path.ts';
import { describeValue } from '../contract/expected.ts';
import { isExactNumber, keepsExactNumbers, losesInteger, mayHaveInexactNumber } from './exact-number.ts';
import { findValue } from './find-value.ts';
import { isPlainObject } from './json.ts';
import { endOfString, parseExactly } from './parse-exactly.ts';
import { InvalidInputError, MalformedBodyError } from '../errors/platform-error.ts';

/**
 * Parses a body.
 *
 * @param exactField the field in which every number is kept exactly. Elsewhere, fractions become the nearest double, and an
 *   integer that a double can't hold is refused.
 * @throws MalformedBodyError where it is not JSON; InvalidInputError where it has more than a million values, or a number
 *   that can't be kept
 */
export function parseJson(text: string, exactField?: string): unknown {
  requireFewValues(text);
  const document = parse(text);
  if (!mayHaveInexactNumber(text)) return document;
  const exact = parseExactly(text);
  requireDoubles(exact, { exactField, advice: 'send it as a string' });
  return exactField === undefined ? document : exact;
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

/**
 * Checks that a tRPC request, which tRPC parses itself, loses nothing and does not need too much memory.
 *
 * @throws InvalidInputError where it has more than a million values, or an integer that a double can't hold
 */
export function requireLosslessJson(text: string): void {
  requireFewValues(text);
  if (!mayHaveInexactNumber(text)) return;
  try {
    JSON.parse(text);
  } catch {
    return; // tRPC reports it.
  }
  requireDoubles(parseExactly(text), { advice: 'send it as a string, or store it over REST' });
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

interface NumberRules {
  readonly exactField?: string | undefined;
  /** What to do about a number that is refused. */
  readonly advice: string;
}

/** @throws InvalidInputError naming the first integer that a double can't hold, outside of the field where it is kept */
function requireDoubles(document: unknown, { exactField, advice }: NumberRules): void {
  const isKept = ([key]: readonly [string, unknown]) => keepsExactNumbers && key === exactField;
  const checked =
    isPlainObject(document) && exactField !== undefined
      ? Object.fromEntries(Object.entries(document).filter((entry) => !isKept(entry)))
      : document;
  const found = findValue(checked, (_key, value) => isExactNumber(value) && losesInteger(value));
  if (found === undefined) return;
  const message = `is ${describeValue(found.value)}, which a JSON number can't represent exactly; ${advice}`;
  throw new InvalidInputError([{ path: formatPath(found.path), message }]);
}
