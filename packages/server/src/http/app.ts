import type { ErrorDetail } from '@rsolv/shared/errors/error-code';
import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { logRequests } from '../observability/request-log.ts';
import type { Platform } from '../rpc/platform.ts';
import { forbidCaching } from './caching.ts';
import { docsRoutes } from './docs.ts';
import { answerError, answerUnknownRoute } from './errors.ts';
import { answerHealth, answerReadiness } from './health.ts';
import { answerOpenApi } from './openapi.ts';
import { plainPath, routeOf } from './plain-path.ts';
import { answerProcedure } from './rest.ts';
import { answerRoot } from './root.ts';
import { mountRoutes } from './routes.ts';
import { trpcRoutes } from './trpc.ts';

/** What an application is made of. */
export interface AppOptions extends Platform {
  readonly log: Logger;
  /** Lists what keeps the platform from serving requests; nothing if it is ready. */
  readonly checkReadiness: () => Promise<readonly ErrorDetail[]>;
  /** How many proxies are in front: the client's address is the one that the outermost of them saw. */
  readonly trustedProxies: number;
}

/** Makes the application with every route, without a port. */
export function createApp({ log, checkReadiness, trustedProxies, ...platform }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', trustedProxies);
  app.enable('case sensitive routing');

  app.use(logRequests({ log, metrics: platform.metrics, tracing: platform.tracing, plainPath, routeOf }));
  app.use(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    }),
  );
  app.use(forbidCaching);
  mountRoutes(app, {
    answerProcedure: (route) => answerProcedure(platform, route),
    handlers: {
      health: answerHealth,
      ready: answerReadiness(checkReadiness),
      openapi: answerOpenApi(),
      root: answerRoot,
    },
    mounts: { docs: docsRoutes(), trpc: trpcRoutes(platform) },
  });
  app.use(answerUnknownRoute);
  app.use(answerError);
  return app;
}
