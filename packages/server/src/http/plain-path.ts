// What may be told of a request's path: of the path only the words that routes are made of, and which route it is, so
// that neither logs nor metrics get what somebody has put there.
import { appRouter } from '../rpc/router.ts';

const words =
  'health ready openapi json docs api v1 phases store retrieve whoami keys rotate auth token verify forge-accounts audit-events audit create list revoke add remove forgeAccounts trpc';

const routeWords = new Set(words.split(' '));

const paths = [
  '/api/v1/phases/store',
  '/api/v1/phases/retrieve',
  '/health',
  '/health/ready',
  '/openapi.json',
  '/docs',
  '/api/v1/whoami',
  '/api/v1/auth/token',
  '/api/v1/keys',
  '/api/v1/forge-accounts',
  '/api/v1/forge-accounts/verify',
  '/api/v1/audit-events',
];

/** By plain path. */
const routes = new Map([
  ...paths.map((path) => [path, path] as const),
  ['/api/v1/keys/…', '/api/v1/keys/{id}'],
  ['/api/v1/keys/…/rotate', '/api/v1/keys/{id}/rotate'],
  ...Object.keys(appRouter._def.procedures).map((name) => [`/trpc/${name}`, `/trpc/${name}`] as const),
]);

/** A path with `…` for what is no word of a route. */
export function plainPath(url: string): string {
  const [path = ''] = url.split('?', 1);
  if (routes.has(path)) return path;
  return path.slice(0, 200).replaceAll(/[^/.,]+/g, (word) => (routeWords.has(word) ? word : '…'));
}

/** The route of a plain path, as one of few, `/trpc/{batch}` for several calls; undefined where there is none. */
export function routeOf(path: string): string | undefined {
  const route = routes.get(path) ?? routes.get(path.replace(/\/$/, ''));
  if (route !== undefined) return route;
  if (path.startsWith('/docs/')) return '/docs';
  return path.startsWith('/trpc/') && path.includes(',') ? '/trpc/{batch}' : undefined;
}
