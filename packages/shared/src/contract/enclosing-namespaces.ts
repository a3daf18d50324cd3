/**
 * A namespace and all groups that contain it, outermost first and in lower case: `acme`, `acme/backend` and
 * `acme/backend/api` for `Acme/backend/api`. GitLab's groups nest; GitHub's owners do not, and have no slash in their names.
 */
export function enclosingNamespaces(namespace: string): string[] {
  const levels = namespace.toLowerCase().split('/');
  return levels.map((_, index) => levels.slice(0, index + 1).join('/'));
}
