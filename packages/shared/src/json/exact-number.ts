// Numbers that a double can't hold exactly. They are kept as their text, with JSON.rawJSON, so that JSON.stringify writes
// them as they were written.

// TypeScript does not know it yet: https://github.com/tc39/proposal-json-parse-with-source
declare global {
  interface JSON {
    /** Absent in Node.js 20. */
    readonly rawJSON?: (text: string) => ExactNumber;
    readonly isRawJSON?: (value: unknown) => boolean;
  }
}

/** A number as its text. */
export interface ExactNumber {
  readonly rawJSON: string;
}

/** Whether this runtime can write a number as its text: Node.js 20 can't. */
export const keepsExactNumbers = typeof JSON.rawJSON === 'function';

/** Stands for a number where {@link keepsExactNumbers} is false, so that it can be refused. */
class UnwritableNumber implements ExactNumber {
  readonly rawJSON: string;

  constructor(source: string) {
    this.rawJSON = source;
  }
}

/** Whether a value is a number that is kept as its text. */
export const isExactNumber = (value: unknown): value is ExactNumber =>
  JSON.isRawJSON?.(value) ?? value instanceof UnwritableNumber;

/** The number of a JSON text: a double, or its text where a double would be another number. */
export function toNumber(source: string): number | ExactNumber {
  const value = Number(source);
  return isExact(value, source) ? value : (JSON.rawJSON?.(source) ?? new UnwritableNumber(source));
}

/** Finds numbers that may be inexact; also in strings, and without a check of what precedes them in an object or array. */
const longNumber = /[\s:[,](-?(?:\d{16}|[\d.]{17}|\d[\d.]*[eE][+-]?\d{3})[\d.eE+-]*)/g;

/** Whether a text may have a number that a double can't hold. Where it does not, nothing is parsed: most texts have none. */
export function mayHaveInexactNumber(text: string): boolean {
  for (const [, source = ''] of text.matchAll(longNumber)) {
    if (!isExact(Number(source), source)) return true;
  }
  return false;
}

/** Whether JSON.stringify writes the same decimal number. Minus zero counts as zero. */
function isExact(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  const written = String(value);
  if (written === source) return true;
  // Parsers with integers of any length take a number with an exponent for a double.
  if (written.includes('e') && /^-?\d+$/.test(source)) return false;
  const sent = decimalOf(source);
  const kept = decimalOf(written);
  return sent.digits === kept.digits && (sent.digits === '' || sent.exponent === kept.exponent);
}

/** Whether a double would be another integer, or is out of range; not whether a fraction is rounded. */
export function losesInteger({ rawJSON: source }: ExactNumber): boolean {
  const value = Number(source);
  return !Number.isFinite(value) || value === 0 || decimalOf(source).exponent >= 0;
}

/** A number as an integer without zeros at its ends, times a power of ten. Zero has no digits. */
function decimalOf(source: string): { readonly digits: string; readonly exponent: number } {
  const [mantissa = '', exponent = '0'] = source.split(/e/i);
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const all = whole + fraction;
  let end = all.length;
  while (all[end - 1] === '0') end--;
  let start = 0;
  while (start < end && all[start] === '0') start++;
  return { digits: all.slice(start, end), exponent: Number(exponent) - fraction.length + all.length - end };
}
