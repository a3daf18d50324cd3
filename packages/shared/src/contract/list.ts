import { z } from 'zod';

/** How many items a list may have, and what is said of none. */
interface ListBounds {
  readonly max: number;
  readonly empty: string;
}

/**
 * A list. Whether it is too long is looked at first: zod looks at every item, of which a body holds millions, before it
 * counts them.
 */
export const list = <Item extends z.ZodType>(item: Item, { max, empty }: ListBounds) =>
  z.preprocess((sent: readonly z.input<Item>[], context) => {
    if (!Array.isArray(sent) || sent.length <= max) return sent;
    context.addIssue({ code: 'custom', message: `must name at most ${max}, not ${sent.length}`, input: undefined });
    return z.NEVER;
  }, z.array(item).min(1, empty).max(max));
