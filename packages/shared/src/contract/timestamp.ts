import { z } from 'zod';
import { describeValue } from './expected.ts';

/** Earlier timestamps are refused, so that seconds that were taken for milliseconds are noticed. */
export const earliestTimestamp = new Date('2000-01-01T00:00:00Z');

export const clockSkewMs = 5 * 60_000;

const example = '2026-01-31T12:00:00Z';

/** A timestamp in the input, in ISO 8601 with a UTC offset. */
const inputTimestamp = z.iso
  .datetime({
    offset: true,
    error: ({ input }) =>
      `must be an ISO 8601 timestamp with a UTC offset, such as ${example}, not ${describeValue(input)}`,
  })
  .meta({ examples: [example] })
  .transform((value) => new Date(value));

const plausibleTimestamp = inputTimestamp.refine((value) => value >= earliestTimestamp, {
  error: ({ input }) => `must not be before the year 2000, but is ${showTimestamp(input)}`,
});

/**
 * A timestamp in the past, or up to five minutes in the future: the clock of a runner may be fast. An execution that
 * completed later than that would hide everything stored until then.
 */
export const pastTimestamp = plausibleTimestamp.refine((value) => value.getTime() <= Date.now() + clockSkewMs, {
  error: ({ input }) =>
    `must not be in the future, but is ${showTimestamp(input)}; the time is ${showTimestamp(new Date())}`,
});

/** A timestamp in a response: a Date over tRPC, ISO 8601 in UTC over REST. */
export const timestamp = z.coerce
  .date()
  .meta({ override: { type: 'string', format: 'date-time' }, examples: ['2026-01-31T12:00:00.000Z'] });

/** A timestamp as error messages show it. */
export const showTimestamp = (value: unknown): string =>
  value instanceof Date ? value.toISOString() : describeValue(value);
