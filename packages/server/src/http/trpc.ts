// tRPC over HTTP. tRPC's own adapters read a body before anybody has looked at who sends it and what for. Here it is read as
// REST's are, with the same limit, encodings and refusals: once the first call that may go on asks for its input.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { resolveResponse } from '@trpc/server/http';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { openProcedures } from '@rsolv/shared/contract/routes/routes';
import { errorCodes } from '@rsolv/shared/errors/error-code';
import { requireLosslessJson } from '@rsolv/shared/json/parse-json';
import { PlatformError } from '@rsolv/shared/errors/platform-error';
import { batchIdempotencyKeyError } from '@rsolv/shared/wire/request-headers';
import type { Platform } from '../rpc/platform.ts';
import type { Context } from '../rpc/context.ts';
import { countUncalled } from '../rpc/limit-calls.ts';
import { toPlatformError } from '../rpc/platform-error.ts';
import { appRouter } from '../rpc/router.ts';
import { readBody } from './body.ts';
import { bodyRules, contextOf } from './call.ts';
import { refuseMethod } from './errors.ts';
import { noteError } from '../observability/request-log.ts';

const maxBatchSize = 100;

export function trpcRoutes(platform: Platform): Router {
  const routes = Router({ caseSensitive: true });

  const answer: RequestHandler = async (request, response) => {
    const context = contextOf(platform, request, response);
    let uncalled = 0;
    const answered = await resolveResponse({
      router: appRouter,
      req: asFetched(request, context),
      path: pathOf(request),
      maxBatchSize,
      error: null,
      createContext: async ({ info }) => {
        const isShared = context.idempotencyKey !== null && info.calls.length > 1;
        return isShared ? { ...context, inputFailure: batchIdempotencyKeyError() } : context;
      },
      onError: ({ error }) => {
        const told = toPlatformError(error);
        noteError(request, told);
        // What a procedure has refused, it has also counted.
        if (errorCodes[told.code].status < 500 && !(error.cause instanceof PlatformError)) uncalled++;
      },
    });
    await countUncalled(context, uncalled);
    await send(answered, response);
  };

  routes
    .route('/{*path}')
    .get(answer)
    .post(answer)
    .all(refuseMethod(['GET', 'HEAD', 'POST']));
  return routes;
}

const pathOf = ({ path }: Request): string => path.slice(path.lastIndexOf('/') + 1);

/** Whether all that is called takes something else than an API key. */
const isOpen = (request: Request): boolean =>
  pathOf(request)
    .split(',')
    .every((each) => openProcedures.has(each));

/** What tRPC gets to see of a request: neither its host nor its type, and a body that is read when it is wanted. */
function asFetched(request: Request, context: Context): globalThis.Request {
  const { method, url, headers } = request;
  const search = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  const read = async () => {
    const body = await readBody(request, { type: 'json', ...bodyRules(context, !isOpen(request)) });
    requireLosslessJson(body);
    return body;
  };
  return new globalThis.Request(`http://localhost/${search}`, {
    method,
    headers: {
      'content-type': 'application/json',
      accept: headers.accept ?? '*/*',
      ...(typeof headers['trpc-accept'] === 'string' && { 'trpc-accept': headers['trpc-accept'] }),
    },
    ...(method === 'POST' && { body: whenWanted(read), duplex: 'half' }),
  });
}

const whenWanted = (read: () => Promise<string>) =>
  new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        controller.enqueue(new TextEncoder().encode(await read()));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );

async function send(answered: globalThis.Response, response: Response): Promise<void> {
  response.status(answered.status);
  for (const [name, value] of answered.headers) response.setHeader(name, value);
  if (answered.body !== null && answered.headers.has('transfer-encoding')) {
    // A batch whose calls are answered as they end. Who hung up gets no answer.
    await pipeline(Readable.fromWeb(answered.body), response).catch(() => undefined);
  } else {
    response.end(await answered.text());
  }
}
