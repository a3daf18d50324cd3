/** A variable that whoever runs the program has to set. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`Set ${name}.`);
  return value;
}

/** What every step is about. */
export const commitSha = '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a';
