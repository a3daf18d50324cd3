// Any JSON object that a caller can send as `data` is returned equal, or refused with 400 naming a place in it.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expectError, goodBody, retrieveGood, store } from '@rsolv/test-harness/calls';
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
  let stored = 0;
  await fc.assert(
    fc.asyncProperty(data, async (data) => {
      const repo = `${customer.namespace}/any`;
      // Wrapped, since an object whose only keys are names of phases would itself be a wrapping.
      const wrapped = { validation: { 'issue-42': data } };
      const answer = await store(platform, customer, goodBody(customer, { repo, data: wrapped }));
      const refused = answer.status === 400 ? expectError(answer, 400, 'INVALID_INPUT').details : undefined;
      const place = [{ path: expect.stringMatching(/^data\.validation\.issue-42./), message: expect.any(String) }];
      expect({ status: answer.status, refused }).toEqual(
        refused === undefined ? { status: 200, refused } : { status: 400, refused: place },
      );
      if (refused !== undefined) return;
      stored++;
      const sent: unknown = JSON.parse(JSON.stringify(data));
      expect(await retrieveGood(platform, customer, { repo })).toEqual({ validation: { 'issue-42': sent } });
    }),
    { numRuns: 200 },
  );
  expect(stored).toBeGreaterThan(50);
});
