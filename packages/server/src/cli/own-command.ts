import { basename } from 'node:path';

/** What to put before a verb to run `rsolv` again, as it was run this time. */
export function ownCommand(): string {
  const file = process.argv[1] ?? 'rsolv';
  // From the sources, which npm runs.
  if (basename(file) === 'main.ts') return 'npm run rsolv --';
  return /^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`;
}
