import type { ZodError } from 'zod';
import { formatPath } from './format-path.ts';
import { InvalidInputError } from './platform-error.ts';

/** What a schema has found, as callers are told of it. */
export function toInvalidInputError(found: ZodError): InvalidInputError {
  const details = found.issues.map(({ path, message }) => ({ path: formatPath(path), message }));
  return new InvalidInputError(details, { cause: found });
}
