import { isExactNumber } from '../json/exact-number.ts';

/** The error option of a zod schema: "is required" without a value, else what the value must be and what it is. */
export const expected = (what: string) => ({
  error: ({ input }: { readonly input?: unknown }) =>
    input === undefined ? 'is required' : `must be ${what}, not ${describeValue(input)}`,
});

/** Longer strings and numbers are truncated in messages. */
const maxShownLength = 60;

/** A value as error messages show it: strings quoted, with control characters escaped, and truncated; objects by type only. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shorten(value));
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (Array.isArray(value)) return 'an array';
  if (isExactNumber(value)) return shorten(value.rawJSON);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

const shorten = (text: string): string => (text.length > maxShownLength ? `${text.slice(0, maxShownLength)}…` : text);
