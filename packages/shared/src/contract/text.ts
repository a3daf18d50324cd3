import { z } from 'zod';
import { expected } from './expected.ts';
import { storableText } from '../json/json.ts';

/** Text of 1 to `maxLength` characters that the database can hold. */
export const text = (maxLength: number) =>
  storableText.min(1, 'must not be empty').max(maxLength, `must have at most ${maxLength} characters`);

/**
 * What names a commit. Git's object names are hex, but the action also sends words such as `no-git-available`,
 * so any single word goes.
 */
export const commitSha = text(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be a commit SHA: letters and digits, no spaces')
  .meta({
    id: 'CommitSha',
    description: 'The commit that the phase ran on.',
    examples: ['692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a'],
  });

/** What a caller chooses to tell one store from the next, however often it sends it. */
export const idempotencyKey = text(255)
  .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces')
  .meta({
    description: 'Sent again within 24 hours, the same store is answered as the first time and stored once.',
    examples: ['0199a2b4-5c3e-7d10-8f6a-3b2c1d0e9f88'],
  });

/** An issue's number. Shell scripts send it as a string of digits, which counts as well. */
export const issueNumber = z
  .custom<number | string>((value) => {
    const isNumeral = typeof value === 'number' || (typeof value === 'string' && /^[0-9]{1,10}$/.test(value));
    const number = Number(value);
    return isNumeral && Number.isInteger(number) && number >= 1 && number <= 2_147_483_647;
  }, expected('a whole number from 1 to 2147483647'))
  .meta({
    description: "The issue's number; a string of digits counts as well.",
    override: {
      anyOf: [
        { type: 'integer', minimum: 1, maximum: 2_147_483_647 },
        { type: 'string', pattern: '^[0-9]{1,10}$' },
      ],
    },
    examples: [42],
  })
  .transform(Number);
