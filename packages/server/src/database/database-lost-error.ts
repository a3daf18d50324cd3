import { reasonOf } from '../config/operator-error.ts';

/** The embedded database failed, and is opened anew; what it was asked for may have been done. */
export class DatabaseLostError extends Error {
  constructor(options: { cause: unknown }) {
    super(`The embedded database failed: ${reasonOf(options.cause)}`, options);
    this.name = new.target.name;
  }
}
