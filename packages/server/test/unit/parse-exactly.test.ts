import { parseExactly } from '@rsolv/shared/json/parse-exactly';
import fc from 'fast-check';
import { expect, it } from 'vitest';

it('parses what fast-check generates as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(parseExactly(text)).toEqual(JSON.parse(text));
    }),
    { numRuns: 500 },
  );
});
