/** A number of a JSON text: its digits without zeros at their ends, and a power of ten. */
interface Decimal {
  readonly decimal: string;
}

// TypeScript does not know the third parameter yet: https://github.com/tc39/proposal-json-parse-with-source
type Revive = (key: string, value: unknown, ...context: { source: string }[]) => unknown;

/** Parses JSON for a comparison in which numbers are equal only if they are the same decimal number. */
export function exactly(text: string): unknown {
  const revive: Revive = (_key, value, context) =>
    typeof value === 'number' ? toDecimal(context?.source ?? '') : value;
  return JSON.parse(text, revive);
}

function toDecimal(source: string): Decimal {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]\+?(-?\d+))?$/.exec(source) ?? [];
  const significant = `${whole}${fraction}`.replace(/^0+/, '');
  const digits = significant.replace(/0+$/, '');
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(significant.length - digits.length);
  return { decimal: digits === '' ? '0' : `${sign}${digits}e${power}` };
}
