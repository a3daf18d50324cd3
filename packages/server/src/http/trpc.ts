// tRPC over HTTP. Bodies are read as REST's are, so that the same limit, encodings and refusals hold; what is wrong
// with one is thrown from the context, where tRPC gives it the shape that its clients read.
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import { Router, type Request } from 'express';
import type { Database } from '../database.ts';
import { InvalidInputError } from '../errors.ts';
import { toPlatformError, toTRPCError } from '../rpc/platform-error.ts';
import { appRouter } from '../rpc/router.ts';
import { readBody } from './body.ts';
import { contextOf } from './call.ts';
import { requireExactNumbers } from './json-text.ts';

const maxBatchSize = 100;

const sharedKey = {
  path: 'Idempotency-Key',
  message: 'counts for a single store; in a batch, give each store an idempotencyKey of its own in its input',
};

export function trpcRoutes(database: Database, bodyLimitBytes: number): Router {
  const routes = Router({ caseSensitive: true });
  const refused = new WeakMap<Request, unknown>();

  routes.post('/{*path}', async (request, _response, next) => {
    try {
      const body = await readBody(request, bodyLimitBytes);
      requireExactNumbers(body);
      request.body = body;
    } catch (thrown) {
      request.body = '';
      refused.set(request, thrown);
    }
    next();
  });

  routes.use(
    createExpressMiddleware({
      router: appRouter,
      maxBatchSize,
      createContext: ({ req, res, info }) => {
        try {
          if (refused.has(req)) throw refused.get(req);
          const context = contextOf(database, req, res);
          if (context.idempotencyKey !== null && info.calls.length > 1) throw new InvalidInputError([sharedKey]);
          return context;
        } catch (thrown) {
          throw toTRPCError(thrown);
        }
      },
      onError: ({ error, req }) => {
        const { code, message, cause } = toPlatformError(error);
        if (code === 'INTERNAL_ERROR' || code === 'DATABASE_UNAVAILABLE') req.log.error({ failure: cause }, message);
      },
    }),
  );
  return routes;
}
