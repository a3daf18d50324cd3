/** Names longer than this are truncated. */
const maxNameLength = 60;

/**
 * Formats the path of a field for an error message.
 *
 * @param path object keys and array indexes, from the outside in
 * @returns the path as in JavaScript: `data.vulnerabilities[3].line`, `data["a key"]`; empty for the whole document
 */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      const name = String(key).length > maxNameLength ? `${String(key).slice(0, maxNameLength)}…` : String(key);
      if (!/^[\w-]+…?$/.test(name)) return `[${JSON.stringify(name)}]`;
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}
