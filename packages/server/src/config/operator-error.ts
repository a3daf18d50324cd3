// Errors for operators. Callers of the API get PlatformErrors.

/** An operator's request failed for a reason that one line explains; it is printed without a stack. */
export class OperatorError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The platform can't start. */
export class StartupError extends OperatorError {}

/** The first line of a failure's message. A failed connection to several addresses has its messages one level down. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0]);
  if (cause instanceof Error && cause.message === '' && cause.cause !== undefined) return reasonOf(cause.cause);
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
}
