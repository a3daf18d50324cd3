import { describe, expect, it } from 'vitest';
import { toNumber } from '../src/json/exact-number.ts';
import { findJsonProblem, inspectJson, isPlainObject, jsonObject, maxJsonDepth } from '../src/json/json.ts';

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
    ['a number that is kept as its text', toNumber('1e400'), false],
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
});

describe('inspectJson', () => {
  it.each<[string, unknown]>([
    ['U+0000', { a: 'x\0' }],
    ['U+0000 in a name', { a: { 'x\0': 1 } }],
    ['half a surrogate pair', { a: '\ud800' }],
    ['half a surrogate pair in a name', { '\udc00': 1 }],
    ['__proto__', JSON.parse('{"a":[{"__proto__":{}}]}')],
    ['a number that is kept as its text', { a: [toNumber('9007199254740993')] }],
  ])('finds that %s is not plain', (_name, value) => {
    expect(inspectJson(value)).toEqual({ isPlain: false });
  });

  it.each([1e308, -1e308, 5e-324])(
    'finds that thousands of numbers like %d, which PostgreSQL writes out in full, are not plain',
    (number) => {
      expect(inspectJson(Array.from({ length: 3000 }, () => number))).toEqual({ isPlain: true });
      expect(inspectJson(Array.from({ length: 4000 }, () => number))).toEqual({ isPlain: false });
    },
  );

  it('finds that pairs of surrogates and other escapes are plain', () => {
    expect(inspectJson({ '😀': '😀', a: String.raw`\u0000`, b: '\u0001\uffff' })).toEqual({ isPlain: true });
  });
});

describe('jsonObject', () => {
  it('returns the same object', () => {
    const value = { a: [1, { b: null }] };
    expect(jsonObject.parse(value).value).toBe(value);
  });

  it.each([[null], [[]], ['{}'], [1], [undefined], [new Date()]])('refuses %j', (value) => {
    expect(jsonObject.safeParse(value).success).toBe(false);
  });

  it('names the path of an invalid value', () => {
    expect(jsonObject.safeParse({ a: [{ b: 1n }] }).error?.issues).toMatchObject([{ path: ['a', 0, 'b'] }]);
  });
});
