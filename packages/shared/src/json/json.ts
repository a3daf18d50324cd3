import { z } from 'zod';
import { expected } from '../contract/expected.ts';

/** A value that JSON can carry. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** A JSON object. A key whose value is undefined counts as absent, as in `JSON.stringify`. */
export interface JsonObject {
  [key: string]: JsonValue | undefined;
}

/**
 * How many objects and arrays may lie inside one another: far more than phase data has, and far less than
 * what any of the JSON readers on the way (V8, superjson, PostgreSQL) can follow.
 */
export const maxJsonDepth = 200;

/**
 * How many digits PostgreSQL may have to write out for numbers that JSON abbreviates (`1e308` becomes 309):
 * without a bound, a small document would come back a hundred times its size.
 */
const maxExpandedDigits = 1_000_000;

/** A place in a JSON document and what is wrong with it. */
export interface JsonProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Whether a value is an object made of nothing but keys and values. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Whether a value is an array, of whatever. */
export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Whether what was read as JSON is an object. */
export const isJsonObject = (value: unknown): value is JsonObject => isPlainObject(value);

/**
 * The first value that could not be stored and come back equal, or undefined if there is none.
 *
 * @param maxDepth more than {@link maxJsonDepth} where the document has levels of its own around the data
 */
export function findJsonProblem(document: unknown, maxDepth = maxJsonDepth): JsonProblem | undefined {
  const path: (string | number)[] = [];
  let expandedDigits = 0;

  const faultIn = (value: unknown): string | undefined => {
    switch (typeof value) {
      case 'string':
        return stringFault(value);
      case 'number':
        if (!Number.isFinite(value)) return `is ${value}, which JSON has no number for; send null or a string`;
        expandedDigits += digitsWrittenOut(value);
        return expandedDigits > maxExpandedDigits
          ? 'is one of too many numbers with a large exponent; send such numbers as strings'
          : undefined;
      case 'boolean':
        return undefined;
      case 'object':
        if (value === null) return undefined;
        return path.length > maxDepth ? `is nested deeper than ${maxJsonDepth} levels` : faultInside(value);
      default:
        return `is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}, which JSON can't carry`;
    }
  };

  const faultInside = (value: object): string | undefined => {
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        path.push(index);
        const fault = faultIn(value[index]);
        if (fault !== undefined) return fault;
        path.pop();
      }
      return undefined;
    }
    if (!isPlainObject(value)) return `is a ${value.constructor.name}, which JSON can't carry; send it as a string`;
    for (const key of Object.keys(value)) {
      if (value[key] === undefined) continue;
      path.push(key);
      const fault = keyFault(key) ?? faultIn(value[key]);
      if (fault !== undefined) return fault;
      path.pop();
    }
    return undefined;
  };

  const message = faultIn(document);
  return message === undefined ? undefined : { path, message };
}

function stringFault(value: string): string | undefined {
  // PostgreSQL's jsonb has no room for either: https://www.postgresql.org/docs/current/datatype-json.html
  if (value.includes('\0')) return 'has the character U+0000, which the database can not store; remove it';
  if (!value.isWellFormed()) return 'has half of a surrogate pair, which is not a Unicode character; remove it';
  return undefined;
}

function keyFault(key: string): string | undefined {
  if (key === '__proto__') return 'is named "__proto__", which JavaScript programs take for something else; rename it';
  const fault = stringFault(key);
  return fault === undefined ? undefined : `has a name that ${fault}`;
}

function digitsWrittenOut(value: number): number {
  const size = Math.abs(value);
  return size === 0 || (size < 1e21 && size >= 1e-6) ? 0 : Math.abs(Math.log10(size));
}

/** Text that the database can hold as it is. */
export const storableText = z.string(expected('a string')).superRefine((value, context) => {
  const fault = stringFault(value);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

/** A JSON object that comes back equal. Refuses, by its path, any value that would not. */
export const jsonObject = z
  .custom<JsonObject>(isJsonObject, expected('a JSON object'))
  .meta({ override: { type: 'object', additionalProperties: true } })
  .superRefine((value, context) => {
    const fault = findJsonProblem(value);
    if (fault) context.addIssue({ code: 'custom', path: [...fault.path], message: fault.message });
  });
