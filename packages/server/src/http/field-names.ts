// Released actions send a store's fields in camelCase and in snake_case. Only these fields: what is inside `data`
// belongs to the caller.
import { isPlainObject } from '@rsolv/shared/json';
import { InvalidInputError } from '../errors.ts';
import { toPlatformError } from '../rpc/platform-error.ts';

/** The fields that have two spellings: camelCase, snake_case. */
export const spellings = {
  commitSha: 'commit_sha',
  issueNumber: 'issue_number',
  startedAt: 'started_at',
  completedAt: 'completed_at',
  errorMessage: 'error_message',
} as const;

/**
 * Gives every field its camelCase name; where a body has both spellings, that one counts.
 *
 * @returns the fields, and a way to rethrow an error about them with the names that the caller used
 */
export function camelCaseFields(body: unknown) {
  if (!isPlainObject(body)) return { fields: body, rethrowAsSent: rethrow };
  const fields = { ...body };
  const sentAs = new Map<string, string>();
  for (const [camel, snake] of Object.entries(spellings)) {
    if (!Object.hasOwn(body, snake) || Object.hasOwn(body, camel)) continue;
    fields[camel] = body[snake];
    sentAs.set(camel, snake);
  }
  return {
    fields,
    rethrowAsSent: (thrown: unknown): never => {
      const error = toPlatformError(thrown);
      if (!(error instanceof InvalidInputError) || sentAs.size === 0) throw thrown;
      throw new InvalidInputError(
        error.details?.map(({ path, message }) => ({ path: sentAs.get(path) ?? path, message })) ?? [],
        { cause: thrown },
      );
    },
  };
}

function rethrow(thrown: unknown): never {
  throw thrown;
}
