// What operators are told, and what callers are told in other words. A leaf: anyone may import it.

/** What an operator asked for can't be done: told in one line, without a stack. */
export class OperatorError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The platform can't start with what it was given. */
export class StartupError extends OperatorError {}

/** The embedded database failed, and is opened anew; what it was asked for may have been done. */
export class DatabaseLostError extends Error {
  constructor(options: { cause: unknown }) {
    super(`The embedded database failed: ${String(options.cause)}`, options);
    this.name = new.target.name;
  }
}
