// What can't be kept gets 400 with its path: data that is nested too deep, and inexact values outside of `data`.
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

describe('refuses an integer that a double cannot hold, outside of data:', () => {
  it.each([
    ['in a field', '{"issueNumber":1e400}', 'issueNumber'],
    ['in a field that nobody reads', '{"more":{"n":9007199254740993}}', 'more.n'],
    ['after a text that looks like one', '{"text":" 9007199254740993 1e400","n":1e400}', 'n'],
    ['beside data with another', '{"data":{"n":1e400},"issueNumber":12345678901234567890}', 'issueNumber'],
    ['in a field named like one of data', '{"more":{"data":9007199254740993}}', 'more.data'],
  ])('%s', async (_name, body, path) => {
    const { details } = expectError(await store(platform, customer, body), 400, 'INVALID_INPUT');
    expect(details).toEqual([{ path, message: expect.stringContaining('string') }]);
  });

  it.each(['1e400', '12345678901234567890', '"\\u0000"'])('and data that is no object: %s', async (data) => {
    expect(await refuse(data)).toMatchObject({
      path: 'data',
      message: expect.stringContaining('must be a JSON object'),
    });
  });
});

describe('refuses text that the database cannot store, outside of data:', () => {
  it.each([
    [{ branch: 'a\0b' }, 'branch'],
    [{ phase: 'scan', branch: '\ud800' }, 'branch'],
    [{ errorMessage: 'a\0b' }, 'errorMessage'],
  ])('%j', async (changes, path) => {
    expect(await refuse('{}', changes)).toMatchObject({ path });
  });
});

describe('refuses a nesting of', () => {
  it.each([2001, 10_000, 50_000])('%i arrays deep', async (depth) => {
    const detail = await refuse(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    expect(detail?.path).toMatch(/^data\.a(\[0\])+(\[0?)?…$/);
    expect(detail?.message).toContain('2000 levels');
  });

  it.each([2001, 10_000, 50_000])('%i objects deep', async (depth) => {
    const detail = await refuse(`${'{"a":'.repeat(depth + 1)}0${'}'.repeat(depth + 1)}`);
    expect(detail?.path).toMatch(/^data(\.a)+\.?…$/);
  });
});
