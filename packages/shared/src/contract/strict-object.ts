import { z } from 'zod';
import { closestName } from './closest-name.ts';
import { expected } from './expected.ts';

/** How many unknown fields messages describe; of more, only their number matters. */
const maxDescribed = 50;

/** What an error says of each of the fields that an input has and its schema does not know. */
export function describeUnknownFields(sent: readonly string[], known: readonly string[]): string[] {
  return sent.slice(0, maxDescribed).map((name) => {
    const meant = closestName(name, known);
    if (meant !== undefined) return `is unknown (did you mean ${meant}?)`;
    return known.length === 0 ? 'is unknown; leave it out' : `is unknown; use ${known.join(', ')}`;
  });
}

/**
 * The schema of an input that refuses unknown fields, so that a misspelled one is not ignored. Its issue about them has one
 * line for each; `toInvalidInputError` makes a detail of each.
 *
 * @param what the input must be, such as "a JSON object"
 */
export function strictObject<Shape extends z.core.$ZodShape>(shape: Shape, what: string) {
  const { error: describe } = expected(what);
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? describeUnknownFields(issue.keys, known).join('\n') : describe(issue),
  });
}
