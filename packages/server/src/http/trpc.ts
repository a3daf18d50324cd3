// tRPC over HTTP. Bodies are read as REST's are, so that the same limit, encodings and refusals hold; what is wrong
// with one travels in the context, and is thrown where input is read.
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import { Router, type Request } from 'express';
import { errorCodes } from '@rsolv/shared/error-code';
import { requireFaithful } from '@rsolv/shared/json-text';
import type { PlatformError } from '@rsolv/shared/platform-error';
import { sharedIdempotencyKey } from '@rsolv/shared/request-headers';
import type { Platform } from '../platform.ts';
import { toPlatformError } from '../rpc/platform-error.ts';
import { appRouter, openProcedures } from '../rpc/router.ts';
import { readBody, readOpenBody } from './body.ts';
import { contextOf } from './call.ts';
import { logFailure } from './request-log.ts';

const maxBatchSize = 100;

/** Whether all that is called takes something else than an API key. */
const isOpen = ({ path }: Request): boolean =>
  path
    .slice(1)
    .split(',')
    .every((each) => openProcedures.has(each));

export function trpcRoutes(platform: Platform): Router {
  const routes = Router({ caseSensitive: true });
  const refused = new WeakMap<Request, PlatformError>();

  routes.post('/{*path}', async (request, _response, next) => {
    try {
      const body = await (isOpen(request) ? readOpenBody(request) : readBody(request, platform.bodyLimitBytes));
      requireFaithful(body);
      request.body = body;
    } catch (thrown) {
      request.body = '{}';
      // tRPC would refuse other types by itself, before there is a context to answer from.
      request.headers['content-type'] = 'application/json';
      refused.set(request, toPlatformError(thrown));
    }
    next();
  });

  routes.use(
    createExpressMiddleware({
      router: appRouter,
      maxBatchSize,
      createContext: ({ req, res, info }) => {
        const context = contextOf(platform, req, res);
        const isShared = context.idempotencyKey !== null && info.calls.length > 1;
        const inputFailure = refused.get(req) ?? (isShared ? sharedIdempotencyKey() : context.inputFailure);
        return { ...context, inputFailure };
      },
      onError: ({ error, req }) => {
        const { code, message, cause } = toPlatformError(error);
        if (errorCodes[code].status >= 500) logFailure(req, cause, message);
      },
    }),
  );
  return routes;
}
