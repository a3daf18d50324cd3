/**
 * Finds the CWE ids in tags as tools write them: `external/cwe/cwe-079`, `CWE-79`, `CWE-79: Cross-site scripting`.
 *
 * @returns such as `CWE-79`, each once
 */
export function listCwes(tags: readonly string[]): string[] {
  const numbers = tags.flatMap(
    (tag) => /(?<![a-z\d])cwe[-_: ]?0*(?<number>[1-9]\d{0,5})(?!\d)/i.exec(tag)?.groups?.['number'] ?? [],
  );
  return [...new Set(numbers)].map((number) => `CWE-${number}`);
}
