/**
 * Reads an environment variable. Blanks and line breaks around the value are dropped, since secrets and files often end
 * with one. An empty value counts as unset: GitHub Actions sets one for each input that is missing.
 */
export function environment(name: string): string | undefined {
  return typeof process === 'undefined' ? undefined : process.env[name]?.trim() || undefined;
}
