import { z } from 'zod';

const earliest = new Date('2000-01-01T00:00:00Z');
const clockSkewMs = 5 * 60_000;

// A moment, as ISO 8601 with an offset. Not before 2000, so that a moment in the wrong unit is noticed.
const inputTimestamp = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 time with an offset, as in 2026-01-31T12:00:00Z' })
  .transform((value) => new Date(value))
  .refine((value) => value >= earliest, 'must not be before the year 2000');

/**
 * A moment that has passed. A runner's clock may be five minutes ahead. Later than that, what completed then would hide
 * everything stored until then.
 */
export const pastTimestamp = inputTimestamp.refine(
  (value) => value.getTime() <= Date.now() + clockSkewMs,
  'must not be in the future',
);

/** A moment to come. */
export const futureTimestamp = inputTimestamp.refine((value) => value.getTime() > Date.now(), 'must be in the future');

/** A moment in an answer: a Date over tRPC, ISO 8601 over REST. */
export const timestamp = z.coerce.date().meta({ override: { type: 'string', format: 'date-time' } });
