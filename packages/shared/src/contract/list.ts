import { z } from 'zod';

/** The limits of a list. */
interface ListBounds {
  /** The maximum number of items. */
  readonly max: number;
  /** The message for an empty list. */
  readonly empty: string;
}

/**
 * A list of 1 to `max` items. Its length is checked first: zod parses every item before it checks the length, and a body
 * can hold millions.
 */
export const list = <Item extends z.ZodType>(item: Item, { max, empty }: ListBounds) =>
  z.preprocess((sent: readonly z.input<Item>[], context) => {
    if (!Array.isArray(sent) || sent.length <= max) return sent;
    context.addIssue({
      code: 'custom',
      message: `must have at most ${max} items, not ${sent.length}`,
      input: undefined,
    });
    return z.NEVER;
  }, z.array(item).min(1, empty).max(max));
