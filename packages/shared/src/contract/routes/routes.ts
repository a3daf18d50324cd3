// The route table: every route of the platform, once. A new endpoint is one row in the file of its area.
import { accessRoutes } from './access.ts';
import { auditRoutes } from './audit.ts';
import { executionRoutes } from './executions.ts';
import { forgeAccountRoutes } from './forge-accounts.ts';
import { documentationRoutes, healthRoutes } from './health.ts';
import { keyRoutes } from './keys.ts';
import { phaseRoutes } from './phases.ts';
import type { MountedRoute } from './route.ts';
import { workflowRoutes } from './workflows.ts';

const trpcRoute = { path: '/trpc', mount: 'trpc' } as const satisfies MountedRoute;

/** Every route. Express compares a request with one after the other, so the busiest come first. */
export const routes = [
  ...phaseRoutes,
  trpcRoute,
  ...healthRoutes,
  ...documentationRoutes,
  ...executionRoutes,
  ...accessRoutes,
  ...workflowRoutes,
  ...keyRoutes,
  ...forgeAccountRoutes,
  ...auditRoutes,
];

/** The procedures that take no API key, since their input carries a credential of its own. */
export const openProcedures: ReadonlySet<string> = new Set(
  routes.flatMap((route) => ('procedure' in route && route.authentication === 'none' ? [route.procedure] : [])),
);

/** A row of the table. */
export type RouteRow = (typeof routes)[number];

/** The methods that a path has, as the `Allow` header lists them. */
export const allowedMethods = (path: string): readonly string[] =>
  routes.flatMap((route) => {
    if (route.path !== path || !('method' in route)) return [];
    return route.method === 'GET' ? ['GET', 'HEAD'] : [route.method];
  });
