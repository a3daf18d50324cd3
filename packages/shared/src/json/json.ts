import { z } from 'zod';
import { expected } from '../contract/expected.ts';

/** A value that JSON can represent. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** A JSON object. Keys with the value undefined are absent, as in `JSON.stringify`. */
export interface JsonObject {
  [key: string]: JsonValue | undefined;
}

/**
 * How deep objects and arrays may be nested: deeper than any real phase data, and far below the limits of V8, superjson and
 * PostgreSQL.
 */
export const maxJsonDepth = 200;

/**
 * How many digits numbers with an exponent may have in one document when PostgreSQL writes them out (`1e308` has 309 digits).
 * Without this limit, a retrieve could return a hundred times the size of what was stored.
 */
export const maxExpandedDigits = 1_000_000;

/** Why a value in a JSON document can't be stored: its path, and a message to follow the path. */
export interface JsonProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Whether a value is an object literal or has no prototype: not an array, a Date, a Map or an instance of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Whether a value is an array; unlike `Array.isArray`, narrows `unknown` to a read-only array. */
export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Whether a parsed JSON value is an object. */
export const isJsonObject = (value: unknown): value is JsonObject => isPlainObject(value);

/**
 * Finds the first value that would not be equal after it was stored and retrieved.
 *
 * @param maxDepth exceeds {@link maxJsonDepth} where the document wraps the data in further levels
 * @returns undefined if there is none
 */
export function findJsonProblem(document: unknown, maxDepth = maxJsonDepth): JsonProblem | undefined {
  const path: (string | number)[] = [];
  let expandedDigits = 0;

  const problemOf = (value: unknown): string | undefined => {
    switch (typeof value) {
      case 'string':
        return stringProblem(value);
      case 'number':
        if (!Number.isFinite(value)) return `is ${value}, which JSON can't represent; send null or a string`;
        expandedDigits += digitsWrittenOut(value);
        return expandedDigits > maxExpandedDigits
          ? `exceeds the limit of ${maxExpandedDigits} digits for numbers with an exponent; send such numbers as strings`
          : undefined;
      case 'boolean':
        return undefined;
      case 'object':
        if (value === null) return undefined;
        return path.length > maxDepth
          ? `is nested deeper than ${maxJsonDepth} levels; send a flatter document`
          : problemInside(value);
      default:
        return `is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}, which JSON can't represent`;
    }
  };

  const problemInside = (value: object): string | undefined => {
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        path.push(index);
        const problem = problemOf(value[index]);
        if (problem !== undefined) return problem;
        path.pop();
      }
      return undefined;
    }
    if (!isPlainObject(value)) return `is a ${value.constructor.name}, which JSON can't represent; send a string`;
    for (const key of Object.keys(value)) {
      if (value[key] === undefined) continue;
      path.push(key);
      const problem = keyProblem(key) ?? problemOf(value[key]);
      if (problem !== undefined) return problem;
      path.pop();
    }
    return undefined;
  };

  const message = problemOf(document);
  return message === undefined ? undefined : { path, message };
}

function stringProblem(value: string): string | undefined {
  // PostgreSQL's jsonb rejects both: https://www.postgresql.org/docs/current/datatype-json.html
  if (value.includes('\0')) return "contains the character U+0000, which the database can't store; remove it";
  if (!value.isWellFormed()) return 'contains an unpaired surrogate, which is not valid Unicode; remove it';
  return undefined;
}

function keyProblem(key: string): string | undefined {
  if (key === '__proto__') return 'is named "__proto__", which JavaScript treats as the prototype; rename it';
  const problem = stringProblem(key);
  return problem === undefined ? undefined : `has a name that ${problem}`;
}

/** How many digits PostgreSQL writes for a number that JSON writes with an exponent; 0 for all others. */
function digitsWrittenOut(value: number): number {
  const size = Math.abs(value);
  return size === 0 || (size < 1e21 && size >= 1e-6) ? 0 : Math.abs(Math.log10(size));
}

/** A string that the database can store: no U+0000, no unpaired surrogates. */
export const storableText = z.string(expected('a string')).superRefine((value, context) => {
  const problem = stringProblem(value);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

/** A JSON object that is equal after it was stored and retrieved. Reports the path of the first value that would not be. */
export const jsonObject = z
  .custom<JsonObject>(isJsonObject, expected('a JSON object'))
  .meta({ override: { type: 'object', additionalProperties: true } })
  .superRefine((value, context) => {
    const problem = findJsonProblem(value);
    if (problem) context.addIssue({ code: 'custom', path: [...problem.path], message: problem.message });
  });
