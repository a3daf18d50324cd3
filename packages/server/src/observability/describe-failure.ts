/** What the log tells of a failure: of a database's error what went wrong, and nothing of the rows that it went wrong with. */
export function describeFailure(thrown: unknown) {
  if (!(thrown instanceof Error)) return { message: String(thrown) };
  const { name } = thrown;
  // A reader's error quotes what could not be read.
  const message = thrown instanceof SyntaxError ? '…' : thrown.message;
  const stack = thrown.stack?.replace(thrown.message, () => message);
  return { name, message, code: 'code' in thrown ? thrown.code : undefined, stack };
}
