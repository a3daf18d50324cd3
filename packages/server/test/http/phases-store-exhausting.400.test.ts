// Bodies within the size limit that are expensive to process are refused or stored, and the server still responds.
import { expect, it } from 'vitest';
import { expectError, goodBody, request, retrieveText, store, storeGood } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const deepAndWide = `${'['.repeat(2000)}${Array.from({ length: 300_000 }, () => '[]').join(',')}${']'.repeat(2000)}`;

it('refuses a wide and too deeply nested body with an inexact number', async () => {
  const body = JSON.stringify(goodBody(customer, { data: 0 })).replace(
    '"data":0',
    () => `"data":{"n":[1e400],"a":${deepAndWide}}`,
  );
  const { details } = expectError(await store(platform, customer, body), 400, 'INVALID_INPUT');
  expect(details).toMatchObject([{ path: expect.stringMatching(/^data\.(n|a)\[0\]/) }]);
  await storeGood(platform, customer);
});

it.each([
  [
    'an integer out of place, after a hundred thousand in place',
    `[${'1e400,'.repeat(100_000)}1]},"issueNumber":{"n":1e400`,
  ],
  ['a million minus signs', '-'.repeat(1_000_000)],
  ['half a million dots', '1.'.repeat(500_000)],
])('%s', async (_name, value) => {
  const body = JSON.stringify(goodBody(customer, { data: 0 })).replace('"data":0', () => `"data":{"a":${value}}`);
  const answer = await store(platform, customer, body);
  expect(answer).toMatchObject({ status: 400, body: { error: { message: expect.any(String) } } });
  await storeGood(platform, customer);
});

it.each([
  ['a hundred thousand numbers out of range', `[${Array.from({ length: 100_000 }, () => '1e400').join(',')}]`],
  ['hundreds of thousands of empty arrays', `[1e400,${Array.from({ length: 300_000 }, () => '[]').join(',')}]`],
  ['a number of a million digits', '9'.repeat(1_000_000)],
  ['a number with an exponent of a million digits', `1e${'9'.repeat(1_000_000)}`],
])('stores and returns %s', async (_name, value) => {
  const body = JSON.stringify(goodBody(customer, { data: 0 })).replace('"data":0', () => `"data":{"a":${value}}`);
  expect(await store(platform, customer, body)).toMatchObject({ status: 200 });
  expect(await retrieveText(platform, customer)).toBe(`{"validation":{"issue-42":{"a":${value}}}}`);
});

it('limits how much of the input an error repeats', async () => {
  const long = 'x'.repeat(900_000);
  for (const changes of [
    { repo: `o/${long}` },
    { phase: long },
    { data: { validation: { [`issue-${'7'.repeat(900_000)}`]: {} } } },
    { [long]: 1, data: 1 },
  ]) {
    const answer = await store(platform, customer, goodBody(customer, changes));
    expectError(answer, 400, 'INVALID_INPUT');
    expect(JSON.stringify(answer.body).length).toBeLessThan(2000);
  }
  const answer = await request(platform, `/${'x'.repeat(8000)}`);
  expectError(answer, 404, 'NOT_FOUND');
  expect(JSON.stringify(answer.body).length).toBeLessThan(2000);
});
