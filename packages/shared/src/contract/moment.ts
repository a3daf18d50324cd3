// The one grammar of points in time and durations that people type: query parameters, fields of requests and options of
// the command line. Programs that report when something happened send exact timestamps instead: see timestamp.ts.
import { z } from 'zod';
import { describeValue, expected } from './expected.ts';
import { earliestTimestamp, showTimestamp } from './timestamp.ts';

/** A point in time, as it was written. */
export interface Moment {
  readonly at: Date;
  /**
   * Equal for every text that means the same: an ISO 8601 timestamp, or the duration as it was written, since that means
   * another time with every request.
   */
  readonly canonical: string;
}

/** How to write a moment, to follow "must be" or to be part of a description. */
export const momentSyntax =
  'a date such as 2026-01-31, an ISO 8601 time such as 2026-01-31T12:00Z, or a duration such as 90m, 24h or 7d';

/** How to write a duration, to follow "must be" or to be part of a description. */
export const durationSyntax =
  'a duration such as 90m, 24h or 7d, in seconds (s), minutes (m), hours (h), days or weeks (w)';

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 24 * 3_600_000, w: 7 * 24 * 3_600_000 } as const;

const isUnit = (unit: string | undefined): unit is keyof typeof unitMs => unit !== undefined && unit in unitMs;

/** Reads a duration such as `90m` in milliseconds; undefined where the text is none. A day has 24 hours. */
function readDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,6})([a-z])$/.exec(text) ?? [];
  return isUnit(unit) ? Number(amount) * unitMs[unit] : undefined;
}

const dateSchema = z.iso.date();
const timeSchema = z.iso.datetime({ offset: true });

/** Reads a date, which starts at midnight UTC, or a time, in UTC where it has no offset; undefined where the text is neither. */
function readTime(text: string): Date | undefined {
  if (dateSchema.safeParse(text).success) return new Date(`${text}T00:00:00Z`);
  const [, minutes, rest = ''] = /^(.{10}T\d\d:\d\d)(.*)$/s.exec(text) ?? [];
  if (minutes === undefined) return undefined;
  // zod requires seconds before an offset.
  const complete = `${minutes}${rest.startsWith(':') ? '' : ':00'}${rest}${/(?:Z|[+-]\d\d:\d\d)$/.test(rest) ? '' : 'Z'}`;
  return timeSchema.safeParse(complete).success ? new Date(complete) : undefined;
}

/** Reads `today` and `yesterday`: their first moment in UTC. */
function readDay(text: string, now: Date): Date | undefined {
  const daysAgo = ['today', 'yesterday'].indexOf(text);
  if (daysAgo < 0) return undefined;
  return new Date(Math.floor(now.getTime() / unitMs.d - daysAgo) * unitMs.d);
}

/** Reads a moment. A duration counts back from now, or from now on. */
function readMoment(text: string, direction: 'back' | 'ahead'): Moment | undefined {
  const now = new Date();
  const durationMs = readDuration(text);
  if (durationMs !== undefined) {
    return { at: new Date(now.getTime() + (direction === 'back' ? -durationMs : durationMs)), canonical: text };
  }
  const at = readTime(text) ?? readDay(text, now);
  return at === undefined ? undefined : { at, canonical: at.toISOString() };
}

const moment = (direction: 'back' | 'ahead', syntax: string) =>
  z.string(expected(syntax)).transform((text, context): Moment => {
    const read = readMoment(text, direction);
    if (read !== undefined) return read;
    // In a query string, "+" means a blank.
    const hint = /:.* \d\d:\d\d$/.test(text) ? '; in a URL, encode "+" as "%2B"' : '';
    context.addIssue({ code: 'custom', message: `must be ${syntax}, not ${describeValue(text)}${hint}`, input: text });
    return z.NEVER;
  });

/**
 * A moment to search from or to: a date, which starts at midnight UTC; an ISO 8601 time, in UTC where it has no offset;
 * `today`, `yesterday`; or how long ago it was, such as `90m` or `7d`.
 */
export const pastMoment = moment('back', momentSyntax).meta({ examples: ['2026-10-31', '2026-10-31T12:00:00Z', '7d'] });

/** A moment that has to lie ahead, as a Date: as {@link pastMoment}, but a duration counts from now on. */
export const futureMoment = moment('ahead', momentSyntax)
  .transform(({ at }) => at)
  .refine((at) => at >= earliestTimestamp, {
    error: ({ input }) => `must not be before the year 2000, but is ${showTimestamp(input)}`,
  })
  .refine((at) => at.getTime() > Date.now(), {
    error: ({ input }) =>
      `must be in the future, but is ${showTimestamp(input)}; the time is ${showTimestamp(new Date())}`,
  })
  .meta({ examples: ['2027-01-31', '2027-01-31T12:00:00Z', '90d'] });

/** A duration such as `90m`, `24h` or `7d`, in milliseconds. */
export const duration = z.string(expected(durationSyntax)).transform((text, context) => {
  const ms = readDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: `must be ${durationSyntax}, not ${describeValue(text)}`, input: text });
  return z.NEVER;
});
