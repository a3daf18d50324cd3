import { describe, expect, it } from 'vitest';
import { InvalidInputError, MalformedBodyError } from '../src/errors/platform-error.ts';
import { parseJson } from '../src/json/parse-json.ts';

/** The place that a text is refused for. */
function faultIn(text: string) {
  try {
    parseJson(text);
  } catch (thrown) {
    return thrown instanceof InvalidInputError ? thrown.details?.map(({ path }) => path) : thrown;
  }
  return undefined;
}

describe('refuses a number that a double can not represent:', () => {
  it.each([
    ['{"a":9007199254740993}', 'a'],
    ['{"a": 9007199254740993}', 'a'],
    ['{"a":\n9007199254740993}', 'a'],
    ['{"a":[9007199254740993]}', 'a[0]'],
    ['{"a":[1, -9007199254740993]}', 'a[1]'],
    ['{"a":{"b c":[{"d":1e400}]}}', 'a["b c"][0].d'],
    ['{"a":1e-400}', 'a'],
    ['{"a":-1E+400}', 'a'],
    ['{"a":0.1e-330}', 'a'],
    [`{"a":0.${'0'.repeat(330)}1}`, 'a'],
    ['[[[1e400]]]', '[0][0][0]'],
    ['{"":1e400}', '[""]'],
    ['{"__proto__":{"a":1e400}}', '__proto__.a'],
  ])('%s', (text, path) => {
    expect(faultIn(text)).toEqual([path]);
  });
});

describe('accepts a number that a double can represent:', () => {
  it.each([
    '9007199254740991',
    '-9007199254740992',
    '1e308',
    '1E+22',
    '1.7976931348623157e308',
    '5e-324',
    '0e-400',
    '0.000e-999',
    '-0',
    '0.1000000000000000055511151231257827',
    '" 9007199254740993"',
    '": 1e400,"',
    String.raw`"\" 1e400"`,
  ])('%s', (text) => {
    expect(parseJson(`{"a":${text},"b":[${text}]}`)).toEqual({ a: JSON.parse(text), b: [JSON.parse(text)] });
  });
});

it.each(['', '{', '{"a":1e400', '{"a":1e400}x', '['.repeat(100_000), '{"a":00000000000000001}'])(
  'reports that %.20s is not JSON',
  (text) => {
    expect(faultIn(text)).toBeInstanceOf(MalformedBodyError);
  },
);

describe('refuses a text with too many values before it is parsed:', () => {
  const list = (item: string, count: number) => `{"a":[${Array.from({ length: count }, () => item).join(',')}]}`;

  it.each([
    ['numbers', list('0', 1_000_001)],
    ['empty objects', list('{}', 700_000)],
    ['lists', `${'['.repeat(1_000_001)}${']'.repeat(1_000_001)}`],
  ])('%s', (_name, text) => {
    expect(faultIn(text)).toEqual(['']);
  });

  it.each([
    ['a million of them', list('0', 999_998)],
    ['in a text', JSON.stringify({ a: '[{,'.repeat(700_000), b: String.raw`\",["`, c: ',"'.repeat(1_000_000) })],
  ])('accepts %s', (_name, text) => {
    expect(faultIn(text)).toBeUndefined();
  });
});
