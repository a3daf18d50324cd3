// What an operator can be refused with: told in one line. A leaf: anyone may import it.

/** What an operator asked for can't be done: told in one line, without a stack. */
export class OperatorError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The platform can't start with what it was given. */
export class StartupError extends OperatorError {}
