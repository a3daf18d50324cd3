// tRPC over HTTP. The adapters of tRPC read a body before they know who sends it and which procedures it is for. Here it is
// read as that of a REST route, with the same limits, encodings and errors, once the first call asks for its input.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { resolveResponse } from '@trpc/server/http';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { openProcedures } from '@rsolv/shared/contract/routes/routes';
import { errorCodes } from '@rsolv/shared/errors/error-code';
import { requireLosslessJson } from '@rsolv/shared/json/parse-json';
import { PlatformError } from '@rsolv/shared/errors/platform-error';
import { batchIdempotencyKeyError } from '@rsolv/shared/wire/request-headers';
import { parseAddress } from '../limits/parse-address.ts';
import { recordError } from '../observability/request-log.ts';
import { countRefusedByTrpc } from '../rpc/call-limits.ts';
import type { Context } from '../rpc/context.ts';
import type { Platform } from '../rpc/platform.ts';
import { toPlatformError } from '../rpc/platform-error.ts';
import { appRouter } from '../rpc/router.ts';
import { readBody } from './body.ts';
import { bodyRules } from './body-rules.ts';
import { contextOf } from './context.ts';
import { refuseMethod } from './errors.ts';

export const maxBatchSize = 100;

export function trpcRoutes(platform: Platform): Router {
  const routes = Router({ caseSensitive: true });
  const answer: RequestHandler = async (request, response) => {
    const context = { ...contextOf(platform, request, response), carriesAnyJson: false };
    let refusedByTrpc = 0;
    const answered = await resolveResponse({
      router: appRouter,
      req: toFetchRequest(request, context),
      path: procedurePaths(request),
      maxBatchSize,
      error: null,
      createContext: async ({ info }) => {
        const isShared = context.idempotencyKey !== null && info.calls.length > 1;
        return isShared ? { ...context, inputError: batchIdempotencyKeyError() } : context;
      },
      onError: ({ error: thrown }) => {
        const error = toPlatformError(thrown);
        recordError(request, { error, address: parseAddress(request.ip) });
        // A procedure throws PlatformErrors, and has counted the call.
        if (errorCodes[error.code].status < 500 && !(thrown.cause instanceof PlatformError)) refusedByTrpc++;
      },
    });
    await countRefusedByTrpc(context, refusedByTrpc);
    await send(answered, response);
  };
  routes
    .route('/{*path}')
    .get(answer)
    .post(answer)
    .all(refuseMethod(['GET', 'HEAD', 'POST']));
  return routes;
}

/** The procedures of a batch, with commas between. */
const procedurePaths = ({ path }: Request): string => path.slice(path.lastIndexOf('/') + 1);

const needsKey = (request: Request): boolean =>
  !procedurePaths(request)
    .split(',')
    .every((path) => openProcedures.has(path));

/** The request for tRPC: without its host and content type, and with a body that is read when it is asked for. */
function toFetchRequest(request: Request, context: Context): globalThis.Request {
  const { method, url, headers } = request;
  const search = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  const read = async () => {
    const body = await readBody(request, { type: 'json', ...bodyRules(context, needsKey(request)) });
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
    ...(method === 'POST' && { body: lazyStream(read), duplex: 'half' }),
  });
}

const lazyStream = (read: () => Promise<string>) =>
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
    // A batch whose results are streamed as its calls end. The client may disconnect before.
    await pipeline(Readable.fromWeb(answered.body), response).catch(() => undefined);
  } else {
    response.end(await answered.text());
  }
}
