import type { ErrorDetail } from '@rsolv/shared/errors/error-code';
import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { auditEventsRoutes, forgeAccountsRoutes, keysRoutes } from './administration.ts';
import { authRoutes } from './auth.ts';
import { forbidCaching } from './caching.ts';
import { docsRoutes } from './docs.ts';
import { answerError, answerUnknownRoute } from './errors.ts';
import { healthRoutes } from './health.ts';
import { openapiRoutes } from './openapi.ts';
import { plainPath, routeOf } from './plain-path.ts';
import { phasesRoutes } from './phases.ts';
import { logRequests } from '../observability/request-log.ts';
import { trpcRoutes } from './trpc.ts';
import { whoamiRoutes } from './whoami.ts';
import type { Platform } from '../rpc/platform.ts';

/** What an application is made of. */
export interface AppOptions extends Platform {
  readonly log: Logger;
  /** Finds what keeps the platform from its work; nothing where it is ready. */
  readonly checkReadiness: () => Promise<readonly ErrorDetail[]>;
  /** How many proxies stand in front: a caller's address is what the outermost of them has seen. */
  readonly trustedProxies: number;
}

/** Every route of the platform, without a port. */
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
  // What is asked for all the time comes first: a request is compared with one route after the other.
  app.use('/api/v1/phases', phasesRoutes(platform));
  app.use('/trpc', trpcRoutes(platform));
  app.use('/health', healthRoutes(checkReadiness));
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
