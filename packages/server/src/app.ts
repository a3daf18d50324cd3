import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { Database } from './database.ts';
import { docsRoutes } from './http/docs.ts';
import { answerError, answerUnknownRoute } from './http/errors.ts';
import { healthRoutes } from './http/health.ts';
import { openapiRoutes } from './http/openapi.ts';
import { phasesRoutes } from './http/phases.ts';
import { logRequests } from './http/request-log.ts';
import { trpcRoutes } from './http/trpc.ts';
import { whoamiRoutes } from './http/whoami.ts';

/** What an application is made of. */
export interface AppOptions {
  readonly database: Database;
  readonly log: Logger;
  readonly bodyLimitBytes: number;
}

/** Every route of the platform, without a port. */
export function createApp({ database, log, bodyLimitBytes }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');

  app.use(logRequests(log));
  app.use(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    }),
  );
  app.use('/health', healthRoutes(database));
  app.use('/openapi.json', openapiRoutes());
  app.use('/docs', docsRoutes());
  app.use('/api/v1/phases', phasesRoutes(database, bodyLimitBytes));
  app.use('/api/v1/whoami', whoamiRoutes(database));
  app.use('/trpc', trpcRoutes(database, bodyLimitBytes));
  app.use(answerUnknownRoute);
  app.use(answerError);
  return app;
}
