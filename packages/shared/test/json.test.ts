import { describe, expect, it } from 'vitest';
import { findJsonProblem, isPlainObject, jsonObject, maxJsonDepth } from '../src/json/json.ts';

class Point {
  readonly x = 1;
}

/** A value that many levels down. */
function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 0;
  for (let level = 0; level < depth; level++) value = wrap(value);
  return value;
}

describe('isPlainObject', () => {
  it.each([
    ['{}', {}, true],
    ['an object without a prototype', Object.create(null), true],
    ['what JSON.parse makes of __proto__', JSON.parse('{"__proto__":1}'), true],
    ['null', null, false],
    ['an array', [], false],
    ['a Date', new Date(), false],
    ['an object of a class', new Point(), false],
    ['a function', () => {}, false],
    ['a text', 'x', false],
    ['undefined', undefined, false],
  ])('%s', (_name, value, expected) => {
    expect(isPlainObject(value)).toBe(expected);
  });
});

describe('findJsonProblem', () => {
  it.each<[string, unknown]>([
    ['nothing in it', {}],
    ['every kind of value', { a: null, b: true, c: -0, d: 1e308, e: 'x', f: [], g: {} }],
    ['undefined as a value, which counts as absent', { a: undefined }],
    ['names that objects come with', { constructor: 1, toString: 2, hasOwnProperty: 3 }],
    ['surrogate pairs', { '😀': '😀' }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
    ['arrays as deep as allowed', nested(maxJsonDepth + 1, (inner) => [inner])],
    ['objects as deep as allowed', nested(maxJsonDepth + 1, (a) => ({ a }))],
    ['thousands of ordinary numbers', Array.from({ length: 100_000 }, (_, index) => index / 7)],
  ])('accepts %s', (_name, value) => {
    expect(findJsonProblem(value)).toBeUndefined();
  });

  it.each<[string, unknown, (string | number)[], string]>([
    ['NaN', { a: Number.NaN }, ['a'], 'NaN'],
    ['Infinity', { a: [0, Number.POSITIVE_INFINITY] }, ['a', 1], 'Infinity'],
    ['undefined in an array', { a: [undefined] }, ['a', 0], 'undefined'],
    ['a hole in an array', { a: Array(1) }, ['a', 0], 'undefined'],
    ['a bigint', { a: 1n }, ['a'], 'bigint'],
    ['a function', { a: () => {} }, ['a'], 'function'],
    ['a symbol', { a: Symbol('x') }, ['a'], 'symbol'],
    ['a Date', { a: new Date() }, ['a'], 'Date'],
    ['a Map', { a: new Map() }, ['a'], 'Map'],
    ['an object of a class', { a: { b: new Point() } }, ['a', 'b'], 'Point'],
    ['U+0000', { a: 'x\0' }, ['a'], 'U+0000'],
    ['U+0000 in a name', { a: { 'x\0': 1 } }, ['a', 'x\0'], 'U+0000'],
    ['half a surrogate pair', { a: '\ud800' }, ['a'], 'surrogate'],
    ['half a surrogate pair in a name', { '\udc00': 1 }, ['\udc00'], 'surrogate'],
    ['__proto__', JSON.parse('{"a":[{"__proto__":{}}]}'), ['a', 0, '__proto__'], '__proto__'],
    ['a document that is none', undefined, [], 'undefined'],
  ])('finds %s', (_name, value, path, message) => {
    expect(findJsonProblem(value)).toEqual({ path, message: expect.stringContaining(message) });
  });

  it.each([maxJsonDepth + 2, 10_000, 1_000_000])('refuses %i levels', (depth) => {
    const fault = findJsonProblem(nested(depth, (inner) => [inner]));
    expect(fault?.path).toHaveLength(maxJsonDepth + 1);
    expect(fault?.message).toContain(`${maxJsonDepth} levels`);
  });

  it('refuses a circular reference as too deep', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(findJsonProblem(circle)?.message).toContain('levels');
  });

  it.each([1e308, -1e308, 5e-324])(
    'refuses thousands of numbers like %d, which PostgreSQL writes out in full',
    (number) => {
      expect(findJsonProblem(Array.from({ length: 3000 }, () => number))).toBeUndefined();
      expect(findJsonProblem(Array.from({ length: 4000 }, () => number))?.message).toContain('exponent');
    },
  );
});

describe('jsonObject', () => {
  it('returns the same object', () => {
    const value = { a: [1, { b: null }] };
    expect(jsonObject.parse(value)).toBe(value);
  });

  it.each([[null], [[]], ['{}'], [1], [undefined], [new Date()]])('refuses %j', (value) => {
    expect(jsonObject.safeParse(value).success).toBe(false);
  });

  it('names the path of an invalid value', () => {
    expect(jsonObject.safeParse({ a: [{ b: '\0' }] }).error?.issues).toMatchObject([{ path: ['a', 0, 'b'] }]);
  });
});
