import type { z, ZodError } from 'zod';
import { formatPath } from './format-path.ts';
import { InvalidInputError } from './platform-error.ts';
import type { ErrorDetail } from './error-code.ts';

/** Converts the issues that a schema reported to the error that callers see; the schema's error is its `cause`. */
export function toInvalidInputError(error: ZodError): InvalidInputError {
  return new InvalidInputError(error.issues.flatMap(detailsOf), { cause: error });
}

function detailsOf(issue: z.core.$ZodIssue): ErrorDetail[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: formatPath(issue.path), message: issue.message }];
  const described = issue.message.split('\n');
  return unknownFields(issue.keys, described, issue.path);
}

/** The details of unknown fields: those beyond the described ones are only counted. */
export function unknownFields(
  names: readonly string[],
  described: readonly string[],
  path: readonly PropertyKey[] = [],
): ErrorDetail[] {
  const others = { path: '', message: 'has unknown fields' };
  return names.map((name, index) => {
    const message = described[index];
    return message === undefined ? others : { path: formatPath([...path, shorten(name)]), message };
  });
}

/** Whatever is longer than this may be a secret that was sent in place of a name. */
const maxNameLength = 40;

const shorten = (name: string) => (name.length > maxNameLength ? `${name.slice(0, 12)}…` : name);
