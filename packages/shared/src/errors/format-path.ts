/** A path as people write it: `data.vulnerabilities[3].line`, `data["a key"]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      const name = String(key).length > 60 ? `${String(key).slice(0, 60)}…` : String(key);
      if (!/^[\w-]+…?$/.test(name)) return `[${JSON.stringify(name)}]`;
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}
