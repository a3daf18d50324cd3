import type { ZodError } from 'zod';
import { formatPath } from './format-path.ts';
import { InvalidInputError } from './platform-error.ts';

/** Converts the issues that a schema reported to the error that callers see; the schema's error is its `cause`. */
export function toInvalidInputError(error: ZodError): InvalidInputError {
  const details = error.issues.map(({ path, message }) => ({ path: formatPath(path), message }));
  return new InvalidInputError(details, { cause: error });
}
