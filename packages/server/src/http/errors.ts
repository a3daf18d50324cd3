import type { ErrorRequestHandler, RequestHandler } from 'express';
import { errorResponse } from '@rsolv/shared/errors/error-response';
import { MalformedBodyError, RouteNotFoundError } from '@rsolv/shared/errors/platform-error';
import { methodNotAllowed } from '@rsolv/shared/errors/route-errors';
import { bodyProblems } from '@rsolv/shared/wire/request-body';
import { toPlatformError } from '../rpc/platform-error.ts';
import { recordError, requestId } from '../observability/request-log.ts';

/** Answers with the documented body whatever a route has thrown. */
// oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters
export const answerError: ErrorRequestHandler = (thrown: unknown, request, response, next) => {
  if (response.headersSent) return next(thrown);
  const error = toPlatformError(isBadPath(thrown) ? new MalformedBodyError(bodyProblems.malformedPath) : thrown);
  const { status, headers, body } = errorResponse(error, requestId(request));
  recordError(request, error);
  response.status(status).set(headers).json(body);
};

export const answerUnknownRoute: RequestHandler = (request) => {
  throw new RouteNotFoundError(
    `There is no route ${request.method} ${request.path.slice(0, 200)}. All routes are listed in /openapi.json and, to browse, at /docs.`,
  );
};

/** Refuses the methods that a path does not have. */
export const refuseMethod =
  (allowed: readonly string[]): RequestHandler =>
  (request, response) => {
    response.set('Allow', allowed.join(', '));
    const path = `${request.baseUrl}${request.path}`.replace(/\/$/, '');
    throw methodNotAllowed({ path, method: request.method, allowed });
  };

const isBadPath = (thrown: unknown) => thrown instanceof URIError;
