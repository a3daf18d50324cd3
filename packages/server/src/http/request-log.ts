// One log line a request, and the request id that is in it and in the answer. No headers and no query get into the
// log, since keys come in them, and of the path only the words that routes are made of.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { presentedRequestId } from '@rsolv/shared/request-headers';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { headersOf } from './headers-of.ts';

export function logRequests(log: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const id = presentedRequestId(headersOf(request)) ?? randomUUID();
    response.setHeader('X-Request-Id', id);
    notes.set(request, { id, log });
    response.once('close', () => {
      const { method, originalUrl } = request;
      const line = {
        requestId: id,
        method,
        path: plainPath(originalUrl),
        status: response.headersSent ? response.statusCode : null,
        responseTime: Math.round(performance.now() - startedAt),
      };
      const message = response.writableFinished ? 'request completed' : 'request aborted';
      if (response.statusCode >= 500) log.error(line, message);
      else log.info(line, message);
    });
    next();
  };
}

/** Of requests that are under way. */
const notes = new WeakMap<IncomingMessage, { readonly id: string; readonly log: Logger }>();

/** As {@link logRequests} has chosen it. */
export const requestId = (request: IncomingMessage): string => notes.get(request)?.id ?? '';

/** Logs what went wrong with a request, for whoever runs the platform. */
export function logFailure(request: IncomingMessage, failure: unknown, message: string): void {
  const note = notes.get(request);
  note?.log.error({ requestId: note.id, failure: describeFailure(failure) }, message);
}

const routeWords = new Set(
  'health ready openapi json docs api v1 phases store retrieve whoami keys rotate auth token verify forge-accounts audit-events audit create list revoke add remove forgeAccounts trpc'.split(
    ' ',
  ),
);

const hotPaths = new Set(['/api/v1/phases/store', '/api/v1/phases/retrieve', '/health', '/health/ready']);

function plainPath(url: string): string {
  const [path = ''] = url.split('?', 1);
  if (hotPaths.has(path)) return path;
  return path.slice(0, 200).replaceAll(/[^/.,]+/g, (word) => (routeWords.has(word) ? word : '…'));
}

/** Of a database's error, what says what went wrong, and nothing of the rows that it went wrong with. */
function describeFailure(thrown: unknown) {
  if (!(thrown instanceof Error)) return { message: String(thrown) };
  const { name } = thrown;
  // A reader's error quotes what could not be read.
  const message = thrown instanceof SyntaxError ? '…' : thrown.message;
  const stack = thrown.stack?.replace(thrown.message, () => message);
  return { name, message, code: 'code' in thrown ? thrown.code : undefined, stack };
}
