// Values in `data` that could not be returned equal get 400 with their path.
import { describe, expect, it } from 'vitest';
import { expectError, goodBody, store } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

/** Sends `data` as this very text. */
async function refuse(data: string, changes: object = {}) {
  const body = JSON.stringify(goodBody(customer, { data: 0, ...changes })).replace('"data":0', () => `"data":${data}`);
  const { details } = expectError(await store(platform, customer, body), 400, 'INVALID_INPUT');
  expect(details).toHaveLength(1);
  return details?.[0];
}

describe('refuses a key', () => {
  it.each([
    ['{"__proto__":{"a":1}}', 'data.__proto__'],
    ['{"__proto__":null}', 'data.__proto__'],
    ['{"a":[{"b":{"__proto__":1}}]}', 'data.a[0].b.__proto__'],
    [String.raw`{"a":{"\u005f_proto__":1}}`, 'data.a.__proto__'],
    ['{"scan":{"__proto__":1}}', 'data.scan.__proto__'],
    [String.raw`{"a":{"b\u0000c":1}}`, String.raw`data.a["b\u0000c"]`],
    [String.raw`{"\ud800":1}`, String.raw`data["\ud800"]`],
    [String.raw`{"a":{"x\udc00y":1}}`, String.raw`data.a["x\udc00y"]`],
  ])('%s', async (data, path) => {
    expect(await refuse(data)).toMatchObject({ path });
  });
});

describe('refuses a string', () => {
  it.each([
    [String.raw`{"a":"\u0000"}`, 'data.a'],
    [String.raw`{"a":[1,{"b c":"x\u0000y"}]}`, 'data.a[1]["b c"]'],
    [String.raw`{"a":"\ud83d"}`, 'data.a'],
    [String.raw`{"a":"\ude00\ud83d"}`, 'data.a'],
    [String.raw`{"scan":{"a":"\ud800x"}}`, 'data.scan.a'],
  ])('%s', async (data, path) => {
    expect(await refuse(data)).toMatchObject({ path });
  });
});

describe('refuses a number', () => {
  it.each([
    '9007199254740993',
    '-9007199254740993',
    '12345678901234567890',
    '123456789012345678901234567890',
    '1e400',
    '-1e400',
    '1E+400',
    '1.5e309',
    '1e-400',
    '-1e-400',
    '1e999999999',
    `1${'0'.repeat(400)}`,
    `1${'0'.repeat(400)}.5`,
    `0.${'0'.repeat(400)}1`,
    `0.${'0'.repeat(300)}1e-50`,
  ])('%s', async (number) => {
    const detail = await refuse(`{"a":{"b":[true,${number}]}}`);
    expect(detail).toMatchObject({ path: 'data.a.b[1]', message: expect.stringContaining('string') });
  });

  it.each([
    ['in a field', '{"issueNumber":1e400}', 'issueNumber'],
    ['in a field that nobody reads', '{"more":{"n":9007199254740993}}', 'more.n'],
    ['after a text that looks like one', '{"text":" 9007199254740993 1e400","n":1e400}', 'n'],
  ])('%s', async (_name, body, path) => {
    const { details } = expectError(await store(platform, customer, body), 400, 'INVALID_INPUT');
    expect(details).toEqual([{ path, message: expect.stringContaining('string') }]);
  });

  it('in a document with too many huge exponents', async () => {
    const detail = await refuse(`{"a":[${Array.from({ length: 4000 }, () => '1e308').join(',')}]}`);
    expect(detail?.path).toMatch(/^data\.a\[\d+\]$/);
    expect(await refuse(`{"a":[${Array.from({ length: 4000 }, () => '5e-324').join(',')}]}`)).toMatchObject({
      path: expect.stringMatching(/^data\.a\[\d+\]$/),
    });
  });
});

describe('refuses a nesting of', () => {
  it.each([201, 10_000, 50_000])('%i arrays deep', async (depth) => {
    const detail = await refuse(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    expect(detail?.path).toMatch(/^data\.a(\[0\])+$/);
    expect(detail?.message).toContain('200 levels');
  });

  it.each([201, 10_000, 50_000])('%i objects deep', async (depth) => {
    const detail = await refuse(`${'{"a":'.repeat(depth + 1)}0${'}'.repeat(depth + 1)}`);
    expect(detail?.path).toMatch(/^data(\.a)+$/);
  });
});
