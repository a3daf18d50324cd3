// The data of an execution in its columns. Data that jsonb or a reader of it would change is stored as text, too, and read
// from there; `data` then has what comes closest, for SQL.
import type { StoreInput } from '@rsolv/shared/contract/store';
import { isExactNumber } from '@rsolv/shared/json/exact-number';
import { isList, maxJsonbDepth, type JsonObject } from '@rsolv/shared/json/json';
import { readJsonText, type Carrier } from '@rsolv/shared/json/read-json-text';

/**
 * The data of an execution as a statement returns it: the object from `data`, or the text from `data_text`. The text of a
 * mitigation comes with its derived columns: what `||` makes of an object and a string is an array of both.
 */
export type StoredData = JsonObject | string | readonly [derived: JsonObject, text: string];

/** The values of the columns. */
export function toDataColumns({ data, needsText }: Pick<StoreInput, 'data' | 'needsText'>) {
  const text = JSON.stringify(data);
  return needsText ? { data: JSON.stringify(toJsonb(data)), dataText: text } : { data: text, dataText: null };
}

/**
 * The data as it was sent.
 *
 * @throws UnrepresentableDataError where the response can't carry a value of it
 */
export function fromDataColumns(stored: StoredData, carrier: Carrier): JsonObject {
  if (typeof stored === 'string') return readJsonText(stored, carrier);
  if (!isPair(stored)) return stored;
  const [derived, text] = stored;
  return { ...derived, ...readJsonText(text, carrier) };
}

const isPair = (stored: Exclude<StoredData, string>): stored is readonly [JsonObject, string] => isList(stored);

/** jsonb holds integers of up to 131,072 digits, with which SQL would compute slowly. */
const maxIntegerDigits = 1000;

/**
 * What comes closest to a value in jsonb: U+FFFD for U+0000 and unpaired surrogates; the nearest double for a number, except
 * for an integer of up to a thousand digits; null where that is out of range, and for what is nested too deep.
 */
function toJsonb(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return toStorable(value);
  if (isExactNumber(value)) {
    const { rawJSON: source } = value;
    return /^-?\d+$/.test(source) && source.length <= maxIntegerDigits ? value : Number(source);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth > maxJsonbDepth) return null;
  if (isList(value)) return value.map((each) => toJsonb(each, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [toStorable(key), toJsonb(each, depth + 1)]));
}

const toStorable = (text: string): string => text.replaceAll('\0', '\ufffd').toWellFormed();
