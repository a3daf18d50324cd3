// Makes Express routes of the route table, once at start.
import type { HandlerRoute, MountedRoute, ProcedureRoute } from '@rsolv/shared/contract/routes/route';
import { allowedMethods, routes, type RouteRow } from '@rsolv/shared/contract/routes/routes';
import type { Express, IRoute, RequestHandler } from 'express';
import type { ProcedurePath } from '../rpc/router.ts';
import { refuseMethod } from './errors.ts';

type HandlerName = Extract<RouteRow, HandlerRoute>['handler'];
type MountName = Extract<RouteRow, MountedRoute>['mount'];

/** What answers the routes of the table. */
export interface RouteHandlers {
  /** Makes the handler of a route that calls a procedure. */
  readonly answerProcedure: (route: ProcedureRoute<ProcedurePath>) => RequestHandler;
  readonly handlers: Readonly<Record<HandlerName, RequestHandler>>;
  readonly mounts: Readonly<Record<MountName, RequestHandler>>;
}

const registerMethods = { GET: 'get', POST: 'post', DELETE: 'delete' } as const;

/** Adds every route of the table to the application. Other methods of a path are refused with `Allow`. */
export function mountRoutes(app: Express, { answerProcedure, handlers, mounts }: RouteHandlers): void {
  const added = new Map<string, IRoute>();
  for (const row of routes) {
    if ('mount' in row) {
      app.use(row.path, mounts[row.mount]);
      continue;
    }
    const route = added.get(row.path) ?? app.route(expressPath(row.path));
    added.set(row.path, route);
    route[registerMethods[row.method]]('procedure' in row ? answerProcedure(row) : handlers[row.handler]);
  }
  for (const [path, route] of added) route.all(refuseMethod(allowedMethods(path)));
}

/** A template of the table as Express spells it: `/api/v1/keys/:id`. */
const expressPath = (path: string) => path.replaceAll(/\{(\w+)\}/g, ':$1');
