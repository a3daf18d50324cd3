// Makes the input of a call ready for JSON: moments become text, and an object that is used twice is sent twice.
import { InvalidRequestError } from './errors.ts';
import { isObject } from './is-object.ts';

/**
 * A copy of a value with ISO 8601 in place of Dates. What JSON can't carry stays as it is, for the platform to name.
 *
 * @throws InvalidRequestError where an object contains itself
 */
export function toSendable(value: unknown, path = '', ancestors: readonly unknown[] = []): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? value : value.toISOString();
  const isList = Array.isArray(value);
  if (!isList && !isPlainObject(value)) return value;
  if (ancestors.includes(value)) {
    const message = 'contains itself, which JSON can not express';
    const details = [{ path, message }];
    throw new InvalidRequestError({ code: 'INVALID_INPUT', message: `${path || 'The input'} ${message}`, details });
  }
  const inside = [...ancestors, value];
  if (isList) return value.map((each: unknown, index) => toSendable(each, `${path}[${index}]`, inside));
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, each]) => [key, toSendable(each, path === '' ? key : `${path}.${key}`, inside)]),
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
