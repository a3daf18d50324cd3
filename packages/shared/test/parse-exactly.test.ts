import { describe, expect, it } from 'vitest';
import { isExactNumber, losesInteger, mayHaveInexactNumber, toNumber } from '../src/json/exact-number.ts';
import { parseExactly } from '../src/json/parse-exactly.ts';
import { parseJson } from '../src/json/parse-json.ts';

describe('parseExactly', () => {
  it.each([
    '{}',
    '[]',
    ' [ { } , [ ] ] ',
    '{"a":[true,false,null,{"b":"c"}],"d":-0.5e-3}',
    String.raw`{"\"":"\\","\\\"":"\\\\\"","\u0041":"\ud83d\ude00 \u0000"}`,
    '{"a":1,"a":{"b":1},"a":[2]}',
    '{"constructor":1,"toString":{"valueOf":2},"":{"":3},"1":"b","0":"a"}',
    '" text "',
    'true',
  ])('parses %s as JSON.parse does', (text) => {
    expect(parseExactly(text)).toEqual(JSON.parse(text));
    expect(JSON.stringify(parseExactly(text))).toBe(JSON.stringify(JSON.parse(text)));
  });

  it('keeps __proto__ as a key, and the prototype', () => {
    const text = '{"__proto__":{"a":1},"b":{"__proto__":null,"c":12345678901234567890}}';
    const parsed = parseExactly(text);
    expect(JSON.stringify(parsed)).toBe(text);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  });

  it('parses any depth', () => {
    const text = `${'{"a":['.repeat(100_000)}12345678901234567890${']}'.repeat(100_000)}`;
    expect(parseExactly(text)).toHaveProperty('a');
  });

  it('writes the numbers as they were written', () => {
    const text = '[12345678901234567890,-1e400,1E-400,0.1234567890123456789,9007199254740993,100000000000000000000000]';
    expect(JSON.stringify(parseExactly(text))).toBe(text);
  });
});

describe('toNumber', () => {
  it.each([
    '0',
    '-0',
    '0.0',
    '0e99999',
    '1.0',
    '1E5',
    '100e-2',
    '0.1000',
    '1e308',
    '9007199254740992',
    '5e-324',
    '1e23',
  ])('makes a double of %s', (source) => {
    expect(toNumber(source)).toBe(Number(source));
    expect(mayHaveInexactNumber(`[${source}]`)).toBe(false);
  });

  it.each([
    ['9007199254740993', true],
    ['-9007199254740993', true],
    ['100000000000000000000000', true],
    ['12345678901234567.0', true],
    ['1.2345678901234567890e19', true],
    ['1e400', true],
    ['-1e-400', true],
    ['0.30000000000000001', false],
    ['0.1000000000000000055511151231257827', false],
    ['12345678901234567890.5', false],
    ['1.00000000000000000000001e-30', false],
  ])('keeps %s as its text', (source, isLost) => {
    const number = toNumber(source);
    expect(JSON.stringify(number)).toBe(source);
    expect(isExactNumber(number) && losesInteger(number)).toBe(isLost);
    for (const text of [`[${source}]`, `{"a": ${source}}`, `[0,${source}]`, `[\n${source} ]`]) {
      expect(mayHaveInexactNumber(text)).toBe(true);
    }
  });
});

describe('parseJson with an exact field', () => {
  it('keeps its numbers, and refuses those elsewhere', () => {
    const text = '{"data":{"n":[9007199254740993]},"more":1}';
    expect(JSON.stringify(parseJson(text, 'data'))).toBe(text);
    expect(() => parseJson('{"data":1,"more":{"data":1e400}}', 'data')).toThrow('more.data is 1e400');
    expect(() => parseJson('{"data":[1e400]}')).toThrow('data[0] is 1e400');
  });

  it.each(['{"a":1e400,"a":1}', '{"a":{"b":9007199254740993},"a":{"b":9007199254740992}}'])(
    'parses %s, where the last value of a key counts',
    (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text));
    },
  );
});
