import { z } from 'zod';
import { expected } from '../contract/expected.ts';
import { isExactNumber } from './exact-number.ts';

/** A value that JSON can represent. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** A JSON object. Keys with the value undefined are absent, as in `JSON.stringify`. */
export interface JsonObject {
  [key: string]: JsonValue | undefined;
}

/** How deep objects and arrays may be nested: less than half of what JSON.stringify can process. */
export const maxJsonDepth = 2000;

/** How deep they may be nested in jsonb: PostgreSQL processes them with a stack whose size is a setting. */
export const maxJsonbDepth = 200;

/**
 * How many digits PostgreSQL may write out in one document for numbers with an exponent: `1e308` has 309 digits. Beyond it,
 * reading the jsonb would take a hundred times the memory of what was stored.
 */
const maxExpandedDigits = 1_000_000;

/** Why a value in a JSON document can't be stored: its path, and a message to follow the path. */
export interface JsonProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What is known of a document after a look at each of its values. */
interface JsonFacts {
  /** The first value that JSON can't represent, or that is nested too deep. */
  readonly problem?: JsonProblem;
  /** Whether jsonb can hold each value, and JavaScript and superjson read it from there as it was sent. */
  readonly isPlain: boolean;
}

/** Whether a value is an object literal or has no prototype: not an array, a Date, a Map or an instance of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || (prototype === null && !isExactNumber(value));
}

/** Whether a value is an array; unlike `Array.isArray`, narrows `unknown` to a read-only array. */
export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Whether a parsed JSON value is an object. */
export const isJsonObject = (value: unknown): value is JsonObject => isPlainObject(value);

/**
 * Finds the first value that is not JSON or is nested too deep.
 *
 * @param maxDepth exceeds {@link maxJsonDepth} where the document wraps the data in further levels
 * @returns undefined if there is none
 */
export const findJsonProblem = (document: unknown, maxDepth = maxJsonDepth): JsonProblem | undefined =>
  inspectJson(document, maxDepth).problem;

/**
 * Looks at each value of a document, up to the first problem.
 *
 * @param maxDepth as for {@link findJsonProblem}
 */
export function inspectJson(document: unknown, maxDepth = maxJsonDepth): JsonFacts {
  const inspection = new Inspection(maxDepth);
  const message = inspection.problemOf(document);
  const { path, isPlain } = inspection;
  return message === undefined ? { isPlain } : { isPlain, problem: { path, message } };
}

class Inspection {
  readonly path: (string | number)[] = [];
  readonly #maxDepth: number;
  #isPlain = true;
  #expandedDigits = 0;

  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth;
  }

  get isPlain(): boolean {
    return this.#isPlain && this.#expandedDigits <= maxExpandedDigits;
  }

  /** Why the value at the path is a problem; the path then leads to the value at fault. */
  problemOf(value: unknown): string | undefined {
    switch (typeof value) {
      case 'string':
        if (this.#isPlain) this.#isPlain = isStorable(value);
        return undefined;
      case 'number':
        if (!Number.isFinite(value)) return `is ${value}, which JSON can't represent; send null or a string`;
        this.#expandedDigits += digitsWrittenOut(value);
        return undefined;
      case 'boolean':
        return undefined;
      case 'object':
        if (value === null) return undefined;
        if (this.path.length > maxJsonbDepth) this.#isPlain = false;
        return this.path.length > this.#maxDepth
          ? `is nested deeper than ${maxJsonDepth} levels; send a flatter document`
          : this.#problemInside(value);
      default:
        return `is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}, which JSON can't represent`;
    }
  }

  #problemInside(value: object): string | undefined {
    const { path } = this;
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        path.push(index);
        const problem = this.problemOf(value[index]);
        if (problem !== undefined) return problem;
        path.pop();
      }
      return undefined;
    }
    if (!isPlainObject(value)) {
      this.#isPlain = false;
      return isExactNumber(value) ? undefined : notJson(value);
    }
    for (const key of Object.keys(value)) {
      if (value[key] === undefined) continue;
      path.push(key);
      // superjson would set the prototype of an object that it returns.
      if (this.#isPlain) this.#isPlain = key !== '__proto__' && isStorable(key);
      const problem = this.problemOf(value[key]);
      if (problem !== undefined) return problem;
      path.pop();
    }
    return undefined;
  }
}

const notJson = ({ constructor }: object) => `is a ${constructor.name}, which JSON can't represent; send a string`;

/** Whether PostgreSQL's jsonb and text can hold a string: https://www.postgresql.org/docs/current/datatype-json.html */
export const isStorable = (value: string): boolean => !value.includes('\0') && value.isWellFormed();

function stringProblem(value: string): string | undefined {
  if (value.includes('\0')) return "contains the character U+0000, which the database can't store; remove it";
  if (!value.isWellFormed()) return 'contains an unpaired surrogate, which is not valid Unicode; remove it';
  return undefined;
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

/** A JSON object, and whether it is plain: see {@link JsonFacts}. */
export interface InspectedJson {
  readonly value: JsonObject;
  readonly isPlain: boolean;
}

/** A JSON object of any content. Reports the path of a value that is not JSON, or is nested too deep. */
export const jsonObject = z
  .custom<JsonObject>(isJsonObject, expected('a JSON object'))
  .meta({ override: { type: 'object', additionalProperties: true } })
  .transform((value, context): InspectedJson => {
    const { problem, isPlain } = inspectJson(value);
    if (problem) context.addIssue({ code: 'custom', path: [...problem.path], message: problem.message });
    return { value, isPlain };
  });
