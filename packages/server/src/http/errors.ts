import type { ErrorRequestHandler, RequestHandler } from 'express';
import { errorCodes, type ErrorBody } from '@rsolv/shared/error-code';
import { MalformedBodyError, MethodNotAllowedError, RouteNotFoundError } from '../errors.ts';
import { toPlatformError } from '../rpc/platform-error.ts';
import { requestId } from './request-log.ts';

/** Answers with the documented body whatever a route has thrown. */
// oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters
export const answerError: ErrorRequestHandler = (thrown: unknown, request, response, next) => {
  if (response.headersSent) return next(thrown);
  const { code, message, details, cause } = toPlatformError(
    isBadPath(thrown) ? new MalformedBodyError('The path has a broken percent-escape.') : thrown,
  );
  const { status } = errorCodes[code];
  if (status >= 500) request.log.error({ failure: cause }, message);
  if (status === 401) response.set('WWW-Authenticate', 'Bearer');
  if (status === 503 || code === 'STORE_IN_FLIGHT') response.set('Retry-After', '1');
  const body: ErrorBody = {
    error: { code, message, ...(details && { details: [...details] }) },
    requestId: requestId(request),
  };
  response.status(status).json(body);
};

export const answerUnknownRoute: RequestHandler = (request) => {
  throw new RouteNotFoundError(
    `There is no route ${request.method} ${request.path.slice(0, 200)}. All routes are listed in /openapi.json and, to browse, at /docs.`,
  );
};

/** Refuses the methods that a route does not have. */
export const allowMethods =
  (...methods: string[]): RequestHandler =>
  (request, response) => {
    response.set('Allow', methods.join(', '));
    throw new MethodNotAllowedError(
      `${request.baseUrl}${request.path} takes ${methods.join(' or ')}, not ${request.method}.`,
    );
  };

const isBadPath = (thrown: unknown) => thrown instanceof URIError;
