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

/** The first line of what went wrong; a failed connection to several addresses has its reasons one level down. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0]);
  if (cause instanceof Error && cause.message === '' && cause.cause !== undefined) return reasonOf(cause.cause);
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
}
