/** Describes a failure for the log. It leaves out what may quote data: the details of database errors and of syntax errors. */
export function describeFailure(thrown: unknown) {
  if (!(thrown instanceof Error)) return { message: String(thrown) };
  const { name } = thrown;
  // The message of a syntax error quotes the input.
  const message = thrown instanceof SyntaxError ? '…' : thrown.message;
  const stack = thrown.stack?.replace(thrown.message, () => message);
  return { name, message, code: 'code' in thrown ? thrown.code : undefined, stack };
}
