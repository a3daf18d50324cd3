// Any JSON object that a caller can send as `data` is returned equal.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { goodBody, retrieveGood, retrieveText, store, storeGood } from '@rsolv/test-harness/calls';
import { exactly } from '@rsolv/test-harness/exactly';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

/** Keys and texts of every kind, half surrogates and U+0000 among them, and the names that objects come with. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'then', '', 'scan', 'validation', 'issue-42', '42'),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.jsonValue({ stringUnit: 'binary' }),
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
}));
const data = fc.dictionary(text, value, { maxKeys: 8 });

it('holds for all JSON that fast-check generates', async () => {
  await fc.assert(
    fc.asyncProperty(data, async (data) => {
      const repo = `${customer.namespace}/any`;
      // Wrapped, since an object whose only keys are names of phases would itself be a wrapping.
      const wrapped = { validation: { 'issue-42': data } };
      await storeGood(platform, customer, { repo, data: wrapped });
      const sent: unknown = JSON.parse(JSON.stringify(data));
      expect(await retrieveGood(platform, customer, { repo })).toEqual({ validation: { 'issue-42': sent } });
    }),
    { numRuns: 200 },
  );
});

const digits = (max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: max }).map((all) => all.join(''));
/** Numbers as JSON may write them, whether a double can hold them or not. */
const number = fc
  .record({
    sign: fc.constantFrom('', '-'),
    whole: fc.oneof(
      fc.constant('0'),
      fc.tuple(fc.integer({ min: 1, max: 9 }), digits(40)).map((parts) => parts.join('')),
    ),
    fraction: fc.option(digits(40), { nil: undefined }),
    exponent: fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'E-', 'e-'), digits(3)), { nil: undefined }),
  })
  .map(
    ({ sign, whole, fraction, exponent }) =>
      `${sign}${whole}${fraction === undefined ? '' : `.${fraction}`}${exponent?.join('') ?? ''}`,
  );

it('holds for all numbers, digit by digit', async () => {
  const repo = `${customer.namespace}/numbers`;
  await fc.assert(
    fc.asyncProperty(fc.array(number, { maxLength: 20 }), async (numbers) => {
      const data = `{"a":[${numbers.join(',')}],"b":"\\u0000"}`;
      const body = JSON.stringify(goodBody(customer, { repo, data: 0 })).replace('"data":0', () => `"data":${data}`);
      expect(await store(platform, customer, body)).toMatchObject({ status: 200 });
      const expected = exactly(`{"validation":{"issue-42":${data}}}`);
      expect(exactly(await retrieveText(platform, customer, { repo }))).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});
