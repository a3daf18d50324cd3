// Released actions send the fields of a store in camelCase or snake_case. Both spellings are accepted for these fields only:
// keys inside `data` are stored as they were sent.
import { isPlainObject } from '../json/json.ts';
import { InvalidInputError } from '../errors/platform-error.ts';

/** The snake_case spelling of each field that has two. */
export const spellings = {
  commitSha: 'commit_sha',
  issueNumber: 'issue_number',
  startedAt: 'started_at',
  completedAt: 'completed_at',
  errorMessage: 'error_message',
} as const;

/** Translates the field names of one request: to camelCase for the procedure, and back for the error that it throws. */
export class FieldSpelling {
  readonly #sentAs = new Map<string, string>();

  /** Renames snake_case fields to camelCase. Where a body has both spellings, camelCase takes precedence. */
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
