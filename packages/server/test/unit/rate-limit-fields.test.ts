import { expect, it } from 'vitest';
import { rateLimitFields } from '../../src/limits/rate-limit-fields.ts';

it('writes the header fields of the IETF draft', () => {
  expect(
    rateLimitFields([
      { policy: 'key', limit: 10, windowSeconds: 60, used: 3, resetSeconds: 42 },
      { policy: 'customer', limit: 20, windowSeconds: 60, used: 21, resetSeconds: 7 },
    ]),
  ).toEqual({
    'RateLimit-Policy': '"key";q=10;w=60, "customer";q=20;w=60',
    RateLimit: '"key";r=7;t=42, "customer";r=0;t=7',
  });
  expect(rateLimitFields([])).toEqual({});
});
