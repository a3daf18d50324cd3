// Answers the routes that call procedures: the procedure asks for its input and checks it, and its output is the response.
import { isPaged, procedureType, type ProcedureRoute } from '@rsolv/shared/contract/routes/route';
import { RouteExchange, type RouteRequest } from '@rsolv/shared/wire/route-exchange';
import type { Request, RequestHandler } from 'express';
import type { Context } from '../rpc/context.ts';
import type { Platform } from '../rpc/platform.ts';
import type { ProcedurePath } from '../rpc/router.ts';
import { answerJson } from './answer.ts';
import { readBody } from './body.ts';
import { bodyRules } from './body-rules.ts';
import { call } from './call.ts';
import { contextOf } from './context.ts';

/** Makes the handler of a route that calls a procedure. */
export function answerProcedure(platform: Platform, route: ProcedureRoute<ProcedurePath>): RequestHandler {
  const procedure = { path: route.procedure, type: procedureType(route) };
  const needsKey = route.authentication === 'api-key';
  const hasPages = isPaged(route);
  return async (request, response) => {
    const context = contextOf(platform, request, response);
    const exchange = new RouteExchange(route, routeRequest(request, { context, needsKey }));
    try {
      const output = await call(procedure, context, exchange.readInput);
      if (hasPages) response.set(exchange.pageHeaders(output));
      answerJson(response, exchange.toBody(output), route.success.status);
    } catch (thrown) {
      throw exchange.toError(thrown);
    }
  };
}

function routeRequest(request: Request, { context, needsKey }: { context: Context; needsKey: boolean }): RouteRequest {
  const { headers } = request;
  return {
    params: request.params,
    // Express parses it each time.
    get query() {
      return request.query;
    },
    contentType: headers['content-type'],
    hasBody: headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0,
    readBody: (type) => readBody(request, { type, ...bodyRules(context, needsKey) }),
  };
}
