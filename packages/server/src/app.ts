import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { auditEventsRoutes, forgeAccountsRoutes, keysRoutes } from './http/administration.ts';
import { authRoutes } from './http/auth.ts';
import { forbidCaching } from './http/caching.ts';
import { docsRoutes } from './http/docs.ts';
import { answerError, answerUnknownRoute } from './http/errors.ts';
import { healthRoutes } from './http/health.ts';
import { openapiRoutes } from './http/openapi.ts';
import { phasesRoutes } from './http/phases.ts';
import { logRequests } from './http/request-log.ts';
import { trpcRoutes } from './http/trpc.ts';
import { whoamiRoutes } from './http/whoami.ts';
import type { Platform } from './platform.ts';
import type { Stopping } from './stopping.ts';

/** What an application is made of. */
export interface AppOptions extends Platform {
  readonly log: Logger;
  readonly stopping: Stopping;
  /** How many proxies stand in front: a caller's address is what the outermost of them has seen. */
  readonly trustedProxies: number;
}

/** Every route of the platform, without a port. */
export function createApp({ log, stopping, trustedProxies, ...platform }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', trustedProxies);
  app.enable('case sensitive routing');

  app.use(logRequests({ log, metrics: platform.metrics, tracing: platform.tracing }));
  app.use(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    }),
  );
  app.use(forbidCaching);
  // What is asked for all the time comes first: a request is compared with one route after the other.
  app.use('/api/v1/phases', phasesRoutes(platform));
  app.use('/trpc', trpcRoutes(platform));
  app.use('/health', healthRoutes(platform.database, stopping));
  app.use('/openapi.json', openapiRoutes());
  app.use('/docs', docsRoutes());
  app.use('/api/v1/whoami', whoamiRoutes(platform));
  app.use('/api/v1/auth', authRoutes(platform));
  app.use('/api/v1/keys', keysRoutes(platform));
  app.use('/api/v1/forge-accounts', forgeAccountsRoutes(platform));
  app.use('/api/v1/audit-events', auditEventsRoutes(platform));
  app.use(answerUnknownRoute);
  app.use(answerError);
  return app;
}
