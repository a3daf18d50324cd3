// Makes the input of a call ready for JSON: moments become text, and an object that is used twice is sent twice.
import type { ExactNumber } from '@rsolv/shared/json/exact-number';
import { InvalidRequestError } from './errors.ts';
import { isObject } from './is-object.ts';

/** An input that is ready to send. */
export interface Sendable {
  readonly value: unknown;
  /** Whether it is JSON. If not, it has something that the platform has to name in its refusal. */
  readonly isJson: boolean;
}

/** More than the platform accepts, and less than a stack can hold. */
const maxDepth = 2100;

/**
 * A copy of a value with ISO 8601 in place of Dates. What JSON can't carry stays as it is, for the platform to name.
 *
 * @throws InvalidRequestError where an object contains itself, or is nested too deep
 */
export function toSendable(input: unknown): Sendable {
  let isJson = input !== undefined;
  const path: (string | number)[] = [];
  const ancestors = new Set<unknown>();

  // Loops, since callbacks would take more of the stack for each level.
  const copy = (value: unknown): unknown => {
    if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
    // A number as its text: JSON.stringify writes it, and the platform names it.
    if (isExactNumber(value)) return value;
    const isList = Array.isArray(value);
    if (!isList && !isPlainObject(value)) {
      isJson &&= isJsonScalar(value);
      return value;
    }
    if (ancestors.has(value)) throw invalid(path, 'contains itself, which JSON can not express');
    if (ancestors.size > maxDepth) throw invalid(path, 'is nested too deep; send a flatter object');
    ancestors.add(value);
    const copied = isList ? copyList(value) : copyObject(value);
    ancestors.delete(value);
    return copied;
  };
  const copyList = (list: readonly unknown[]): unknown[] => {
    const copied: unknown[] = [];
    for (let index = 0; index < list.length; index++) {
      path.push(index);
      copied.push(copy(list[index]));
      path.pop();
    }
    return copied;
  };
  const copyObject = (object: Record<string, unknown>): Record<string, unknown> => {
    const entries: [string, unknown][] = [];
    for (const key of Object.keys(object)) {
      if (object[key] === undefined) continue;
      path.push(key);
      entries.push([key, copy(object[key])]);
      path.pop();
    }
    return Object.fromEntries(entries);
  };
  const value = copy(input);
  return { value, isJson };
}

const isExactNumber = (value: unknown): value is ExactNumber => JSON.isRawJSON?.(value) === true;

const isJsonScalar = (value: unknown): boolean =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

function invalid(path: readonly (string | number)[], message: string): InvalidRequestError {
  const written = path.map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? key : `.${key}`)).join('');
  const shown = written.length > 1000 ? `${written.slice(0, 1000)}…` : written;
  const details = [{ path: shown, message }];
  return new InvalidRequestError({ code: 'INVALID_INPUT', message: `${shown || 'The input'} ${message}`, details });
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
