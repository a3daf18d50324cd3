import type { ErrorRequestHandler, RequestHandler } from 'express';
import { errorResponse } from '@rsolv/shared/errors/error-response';
import { MalformedBodyError, RouteNotFoundError } from '@rsolv/shared/errors/platform-error';
import { methodNotAllowed } from '@rsolv/shared/errors/route-errors';
import { bodyProblems } from '@rsolv/shared/wire/request-body';
import { parseAddress } from '../limits/parse-address.ts';
import { toPlatformError } from '../rpc/platform-error.ts';
import { recordError, requestId } from '../observability/request-log.ts';

/** Answers any error that a route throws with the documented body. */
// oxlint-disable-next-line max-params -- Express recognizes an error handler by its four parameters
export const answerError: ErrorRequestHandler = (thrown: unknown, request, response, next) => {
  // Express cuts the connection, so that the client sees that the response is incomplete.
  if (response.headersSent) return next(thrown);
  const error = toPlatformError(isMalformedPath(thrown) ? new MalformedBodyError(bodyProblems.malformedPath) : thrown);
  const { status, headers, body } = errorResponse(error, requestId(request));
  recordError(request, { error, address: parseAddress(request.ip) });
  response.status(status).set(headers).json(body);
};

/** Refuses a path that no route has. */
export const answerUnknownRoute: RequestHandler = (request) => {
  throw new RouteNotFoundError(
    `The route ${request.method} ${request.path.slice(0, 200)} does not exist. See /docs or /openapi.json for all routes.`,
  );
};

/** Refuses the other methods of a path, and lists those that it has. */
export const refuseMethod =
  (allowed: readonly string[]): RequestHandler =>
  (request, response) => {
    response.set('Allow', allowed.join(', '));
    const path = `${request.baseUrl}${request.path}`.replace(/\/$/, '');
    throw methodNotAllowed({ path, method: request.method, allowed });
  };

/** Express fails to decode a path parameter. */
const isMalformedPath = (thrown: unknown) => thrown instanceof URIError;
