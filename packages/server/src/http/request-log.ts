// One log line a request, and the request id that is in it and in the answer. No headers and no query get into the
// log, since keys come in them, and of the path only the words that routes are made of.
import type { IncomingMessage } from 'node:http';
import { presentedRequestId } from '@rsolv/shared/request-headers';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { v7 } from 'uuid';
import { headersOf } from './headers-of.ts';

export function logRequests(log: Logger): RequestHandler {
  return pinoHttp({
    logger: log,
    quietReqLogger: true,
    customAttributeKeys: { reqId: 'requestId' },
    genReqId: (request, response) => {
      const id = presentedRequestId(headersOf(request)) ?? v7();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    serializers: {
      req: ({ method, url }: { method: string; url: string }) => ({ method, path: plainPath(url) }),
      res: ({ statusCode }: { statusCode: number }) => ({ status: statusCode }),
      failure: describeFailure,
      // pino-http makes an error of every status from 500 on; what was thrown has been logged as `failure`.
      err: () => undefined,
    },
    customLogLevel: (_request, response, error) =>
      error !== undefined || response.statusCode >= 500 ? 'error' : 'info',
  });
}

/** As {@link logRequests} has chosen it. */
export const requestId = ({ id }: IncomingMessage): string => (typeof id === 'string' ? id : '');

const routeWords = new Set(
  'health ready openapi json docs api v1 phases store retrieve whoami keys rotate auth token verify forge-accounts audit-events audit create list revoke add remove forgeAccounts trpc'.split(
    ' ',
  ),
);

const plainPath = (url: string) =>
  (url.split('?', 1)[0] ?? '').slice(0, 200).replaceAll(/[^/.,]+/g, (word) => (routeWords.has(word) ? word : '…'));

/** Of a database's error, what says what went wrong, and nothing of the rows that it went wrong with. */
function describeFailure(thrown: unknown) {
  if (!(thrown instanceof Error)) return { message: String(thrown) };
  const { name, message, stack } = thrown;
  return { name, message, code: 'code' in thrown ? thrown.code : undefined, stack };
}
