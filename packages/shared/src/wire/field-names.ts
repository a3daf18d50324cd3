// Released actions send a store's fields in camelCase and in snake_case. Only these fields: what is inside `data`
// belongs to the caller.
import { isPlainObject } from '../json/json.ts';
import { InvalidInputError } from '../errors/platform-error.ts';

/** The fields that have two spellings: camelCase, snake_case. */
export const spellings = {
  commitSha: 'commit_sha',
  issueNumber: 'issue_number',
  startedAt: 'started_at',
  completedAt: 'completed_at',
  errorMessage: 'error_message',
} as const;

/** The spelling of one request's fields: camelCase for the procedure, as they were sent for its errors. */
export class FieldSpelling {
  readonly #sentAs = new Map<string, string>();

  /** Gives every field its camelCase name; where a body has both spellings, that one counts. */
  toCamelCase(body: unknown): unknown {
    if (!isPlainObject(body)) return body;
    const fields = { ...body };
    for (const [camel, snake] of Object.entries(spellings)) {
      if (!Object.hasOwn(body, snake) || Object.hasOwn(body, camel)) continue;
      fields[camel] = body[snake];
      this.#sentAs.set(camel, snake);
    }
    return fields;
  }

  /** An InvalidInputError with fields named as they were sent; any other error as it is. */
  nameAsSent(error: unknown): unknown {
    if (!(error instanceof InvalidInputError) || this.#sentAs.size === 0) return error;
    const details = error.details ?? [];
    return new InvalidInputError(
      details.map(({ path, message }) => ({ path: this.#sentAs.get(path) ?? path, message })),
      { cause: error },
    );
  }
}
