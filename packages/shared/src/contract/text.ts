import { z } from 'zod';
import { storableText } from '../json/json.ts';
import { describeValue, expected } from './expected.ts';

/** The error option of `.max()` for a string: how long it may be and how long it is. */
export const maxLengthError = (maxLength: number) => ({
  error: ({ input }: { readonly input?: unknown }) =>
    `must have at most ${maxLength} characters, not ${typeof input === 'string' ? input.length : 'more'}`,
});

/** Text of 1 to `maxLength` UTF-16 code units that the database can store. */
export const text = (maxLength: number) =>
  storableText.min(1, 'must not be empty').max(maxLength, maxLengthError(maxLength));

/**
 * The commit that a phase ran on. Git's object names are hexadecimal, but the action also sends words such as
 * `no-git-available`, so any single word is accepted.
 */
export const commitSha = text(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, {
    error: ({ input }) =>
      `must be a commit SHA of letters, digits, dots, hyphens and underscores, not ${describeValue(input)}`,
  })
  .meta({
    id: 'CommitSha',
    description: 'The SHA of the commit that the phase ran on. Any word without spaces is accepted.',
    examples: ['692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a'],
  });

/** The key that makes a store idempotent. The caller chooses it: one for each store, repeated with every retry. */
export const idempotencyKey = text(255)
  .regex(/^[\x21-\x7e]*$/, 'must consist of printable ASCII characters without spaces')
  .meta({
    description:
      'Makes the store idempotent: if it is sent again with the same key within 24 hours, it is stored once and gets the ' +
      'same response.',
    examples: ['0199a2b4-5c3e-7d10-8f6a-3b2c1d0e9f88'],
  });

/** The header of requests that administer records. */
export const idempotencyHeader = z.object({
  'Idempotency-Key': idempotencyKey.optional().meta({
    description:
      'Makes the request safe to repeat after a lost response: sent again with the same key within 24 hours, it takes ' +
      'effect once.',
  }),
});

const maxIssueNumber = 2_147_483_647;

/** The number of an issue. Shell scripts send it as a string of digits, so that is accepted as well. */
export const issueNumber = z
  .custom<number | string>(
    (value) => {
      const isNumeral = typeof value === 'number' || (typeof value === 'string' && /^[0-9]{1,10}$/.test(value));
      // Not every object can be converted to a number.
      const number = isNumeral ? Number(value) : Number.NaN;
      return Number.isInteger(number) && number >= 1 && number <= maxIssueNumber;
    },
    expected(`a whole number from 1 to ${maxIssueNumber}`),
  )
  .meta({
    description: 'The number of the issue. A string of digits is accepted as well.',
    override: {
      anyOf: [
        { type: 'integer', minimum: 1, maximum: maxIssueNumber },
        { type: 'string', pattern: '^[0-9]{1,10}$' },
      ],
    },
    examples: [42],
  })
  .transform(Number);
