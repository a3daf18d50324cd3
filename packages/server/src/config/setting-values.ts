// The values that settings take, as text in environment variables.
import { namespaceProblem } from '@rsolv/shared/contract/forge';
import { z } from 'zod';

const unitBytes = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

const bytes = (maximum: number, range: string) =>
  z.string().transform((value, context) => {
    const [, amount, unit = 'b'] = /^(\d{1,9})(b|kb|mb|gb)?$/i.exec(value) ?? [];
    const size = Number(amount) * unitBytes[z.enum(['b', 'kb', 'mb', 'gb']).catch('b').parse(unit.toLowerCase())];
    if (size >= 1 && size <= maximum) return size;
    context.addIssue({ code: 'custom', message: `must be a size ${range}` });
    return z.NEVER;
  });

/** The size of a body. A response can hold three bodies, and V8 has no string longer than 512 MB. */
export const bodyBytes = bytes(64 * unitBytes.mb, 'up to 64mb, such as 10mb or 512kb');

export const storedBytes = bytes(1_000_000 * unitBytes.gb, 'up to 1000000gb, such as 500mb or 10gb');

export const wholeNumber = (minimum: number, maximum: number) => {
  const message = `must be a whole number from ${minimum} to ${maximum}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, message);
};

export const callsPerMinute = wholeNumber(1, 999_999_999);

export const port = wholeNumber(0, 65_535);

export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, `must be ${values.length > 2 ? 'one of ' : ''}${values.join(values.length > 2 ? ', ' : ' or ')}`);

export const githubOwner = z.string().superRefine((value, context) => {
  const problem = namespaceProblem('github', value);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: `is not a namespace: ${problem}` });
});

export const peppers = z
  .string()
  .transform((value) => value.split(',').map((pepper) => pepper.trim()))
  .refine(
    (all) => all.every((pepper) => pepper.length >= 32),
    'must be one or more random texts of at least 32 characters, separated by commas, the one for new keys first',
  );

export const publicUrl = z
  .url({ protocol: /^https?$/, error: 'must be a URL such as https://phases.example.com' })
  .regex(/^[^?#]*[^?#/]$/, 'must be a URL without a trailing slash, a query or a fragment');

export const postgresUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'must be a URL such as postgresql://user:password@host:5432/database',
});

export const collectorUrl = z.url({ protocol: /^https?$/, error: 'must be a URL such as http://127.0.0.1:4318' });

/** A ratio as OpenTelemetry spells it. */
export const ratio = z
  .string()
  .regex(/^(0?\.\d+|[01](\.0*)?)$/, 'must be a ratio from 0 to 1, such as 0.1')
  .transform(Number);
