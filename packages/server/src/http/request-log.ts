// One log line a request, and the request id that is in it and in the answer. Neither headers nor query get into
// the log, since keys come in them; of the path, nothing that looks like a key.
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { v7 } from 'uuid';

/** Taken from the caller where it is short and plain, so that its own logs can be matched. */
const acceptableId = /^[\w.:-]{1,64}$/;

export function logRequests(log: Logger): RequestHandler {
  return pinoHttp({
    logger: log,
    quietReqLogger: true,
    customAttributeKeys: { reqId: 'requestId' },
    genReqId: (request, response) => {
      const [sent = ''] = [request.headers['x-request-id']].flat();
      const id = acceptableId.test(sent) ? sent : v7();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    serializers: {
      req: ({ method, url }: { method: string; url: string }) => ({ method, path: plainPath(url) }),
      res: ({ statusCode }: { statusCode: number }) => ({ status: statusCode }),
    },
    customLogLevel: (_request, response, error) =>
      error !== undefined || response.statusCode >= 500 ? 'error' : 'info',
  });
}

/** As {@link logRequests} has chosen it. */
export const requestId = ({ id }: IncomingMessage): string => (typeof id === 'string' ? id : '');

const plainPath = (url: string) => (url.split('?', 1)[0] ?? '').slice(0, 200).replaceAll(/rsolv_\w+/g, 'rsolv_…');
