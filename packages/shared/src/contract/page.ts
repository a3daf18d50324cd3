// What every list has in common: which page to read, and where the next one starts.
import { z } from 'zod';
import { describeValue, expected } from './expected.ts';

/** How many items a page may have. */
interface PageSizes {
  readonly default: number;
  readonly max: number;
}

export const usualSizes: PageSizes = { default: 100, max: 1000 };

/** No cursor is longer: the longest holds a name of 200 characters. */
const maxCursorLength = 2000;

const isNumeral = (value: unknown) =>
  (typeof value === 'number' || typeof value === 'string') && /^\d{1,9}$/.test(`${value}`);

/** The input fields of a list; REST takes them as query parameters. */
export const pageFields = ({ default: usual, max }: PageSizes = usualSizes) => ({
  limit: z
    .custom<number | string>((value) => isNumeral(value) && Number(value) >= 1 && Number(value) <= max, {
      error: ({ input }) =>
        `must be an integer from 1 to ${max}, not ${describeValue(input)}` +
        (isNumeral(input) && Number(input) > max ? '; follow nextCursor to read more' : ''),
    })
    .meta({
      description: `Maximum number of items on the page. Default: ${usual}.`,
      override: {
        anyOf: [
          { type: 'integer', minimum: 1, maximum: max },
          { type: 'string', pattern: '^[0-9]{1,9}$' },
        ],
        default: usual,
      },
    })
    .transform(Number)
    .default(usual),
  cursor: z
    .string(expected('a string'))
    .max(maxCursorLength, `must have at most ${maxCursorLength} characters`)
    .nullish()
    .meta({
      description:
        'The `nextCursor` of the previous page. Omit it to read the first page. Send it with the same filters; ' +
        '`limit` may change.',
      override: { type: 'string', maxLength: maxCursorLength },
    }),
});

/** Where the next page starts. */
export const nextCursor = z.string().nullable().meta({
  description: 'Send it as `cursor` to read the next page. Null on the last page.',
});

/** Which page to read. */
export interface PageRequest {
  /** Maximum number of items on the page. */
  readonly limit: number;
  /** The `nextCursor` of the previous page. Default: the first page. */
  readonly cursor?: string | null | undefined;
}
