import { describeValue } from '../contract/expected.ts';
import { formatPath } from '../errors/format-path.ts';
import { UnrepresentableDataError } from '../errors/platform-error.ts';
import { isExactNumber, losesInteger, mayHaveInexactNumber } from './exact-number.ts';
import { findValue } from './find-value.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { parseExactly } from './parse-exactly.ts';

/** What carries a document to its reader, and where the document is in it. */
export interface Carrier {
  /** Whether it can carry all of JSON, as REST does. tRPC's superjson carries doubles, and no key `__proto__`. */
  readonly carriesAnyJson: boolean;
  readonly path: readonly string[];
}

/**
 * Reads an object that was stored as JSON text, with every number exact if the carrier has it so. Otherwise, fractions
 * become the nearest double.
 *
 * @throws UnrepresentableDataError naming the first value that the carrier would change
 */
export function readJsonText(text: string, { carriesAnyJson, path }: Carrier): JsonObject {
  if (!mayHaveInexactNumber(text) && (carriesAnyJson || !text.includes('"__proto__"'))) {
    return toJsonObject(JSON.parse(text));
  }
  const exact = parseExactly(text);
  if (carriesAnyJson) return toJsonObject(exact);
  const found = findValue(exact, (key, value) => key === '__proto__' || (isExactNumber(value) && losesInteger(value)));
  if (found === undefined) return toJsonObject(JSON.parse(text));
  const message = isExactNumber(found.value)
    ? `is ${describeValue(found.value)}, which a JavaScript number can't hold`
    : 'is named "__proto__", which JavaScript takes for the prototype';
  throw new UnrepresentableDataError({ path: formatPath([...path, ...found.path]), message });
}

/** Narrows a parsed document that was stored as an object. */
export function toJsonObject(document: unknown): JsonObject {
  if (isJsonObject(document)) return document;
  throw new Error('The stored text is not a JSON object.');
}
