import { reasonOf } from '../config/operator-error.ts';

/** The embedded database failed and is reopened. The statement that was in flight may have been committed. */
export class DatabaseLostError extends Error {
  constructor(options: { cause: unknown }) {
    super(`The embedded database failed: ${reasonOf(options.cause)}`, options);
    this.name = new.target.name;
  }
}
