/**
 * A namespace and those that it lies in, without letter case: for `Acme/backend/api` that is `acme`, `acme/backend` and
 * `acme/backend/api`. GitLab's groups nest; GitHub's owners don't, and are called nothing with a slash.
 */
export function enclosingNamespaces(namespace: string): string[] {
  const levels = namespace.toLowerCase().split('/');
  return levels.map((_, index) => levels.slice(0, index + 1).join('/'));
}
