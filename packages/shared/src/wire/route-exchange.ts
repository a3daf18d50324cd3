import { z } from 'zod';
import { describeValue } from '../contract/expected.ts';
import { nextCursor } from '../contract/page.ts';
import type { ProcedureRoute, RequestBody } from '../contract/routes/route.ts';
import { describeUnknownFields } from '../contract/strict-object.ts';
import type { ErrorDetail } from '../errors/error-code.ts';
import { InvalidInputError, MalformedBodyError } from '../errors/platform-error.ts';
import { unknownFields } from '../errors/to-invalid-input-error.ts';
import { parseJson, parseJsonObject } from '../json/parse-json.ts';
import { nameAsSent } from './field-names.ts';
import { isForm } from './request-body.ts';

const page = z.object({ nextCursor });

/** What a route's input is read from. */
export interface RouteRequest {
  /** The path's parameters, decoded. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly contentType: string | undefined;
  readonly hasBody: boolean;
  /** Reads the body, after a check of its `Content-Type` if it has to be JSON. */
  readonly readBody: (type: 'json' | 'form') => string | Promise<string>;
}

/**
 * One request to a route that calls a procedure: translates its input to the procedure's, and what the procedure returns
 * or throws to the request's spelling.
 */
export class RouteExchange {
  readonly #route: ProcedureRoute;
  readonly #request: RouteRequest;
  /** The fields as they were sent. */
  #sent: unknown;
  #input: Promise<unknown> | undefined;

  constructor(route: ProcedureRoute, request: RouteRequest) {
    this.#route = route;
    this.#request = request;
  }

  /**
   * Reads the input, once however often it is called; undefined if the route takes none.
   *
   * @throws MalformedBodyError, InvalidInputError; what `readBody` throws
   */
  readonly readInput = (): Promise<unknown> => (this.#input ??= this.#readInput());

  /** The body of the response. */
  toBody(output: unknown): unknown {
    const { translation } = this.#route;
    return translation === undefined ? output : translation.toResponse(output);
  }

  /** The headers of a page: a link to the next one, unless it is the last. */
  pageHeaders(output: unknown): Readonly<Record<string, string>> {
    const next = page.parse(output).nextCursor;
    return next === null ? {} : { Link: `<${this.#linkTo(next)}>; rel="next"` };
  }

  /** The same error, with fields named as the request named them. */
  toError(error: unknown): unknown {
    const { names } = this.#route.input ?? {};
    return names === undefined ? error : nameAsSent(error, names, this.#sent);
  }

  /** The same request with another cursor, relative to its URL: so it is right behind a proxy that changes host or path. */
  #linkTo(cursor: string): string {
    const search = new URLSearchParams();
    const fields: Readonly<Record<string, unknown>> = { ...this.#request.query, cursor };
    for (const [name, values] of Object.entries(fields)) {
      for (const value of [values].flat()) search.append(name, String(value));
    }
    return `?${search.toString()}`;
  }

  async #readInput(): Promise<unknown> {
    this.#sent = await this.#readFields();
    const { translation } = this.#route;
    return translation === undefined ? this.#sent : translation.toInput(this.#sent);
  }

  async #readFields(): Promise<unknown> {
    const { path, query, body } = this.#route.input ?? {};
    const { params, hasBody, readBody } = this.#request;
    const parameters = this.#readQuery(query !== undefined);
    if (path !== undefined) {
      const isSent = body !== undefined && (body.isRequired || hasBody);
      const fields = isSent ? parseJsonObject(await readBody('json')) : parameters;
      requireNoneOf(Object.keys(params), fields, isSent ? 'body' : 'query');
      return { ...fields, ...params };
    }
    if (body !== undefined) return this.#readBody(body);
    return query === undefined ? undefined : parameters;
  }

  /** @throws InvalidInputError where a parameter is sent more than once, or one is sent to a route that takes none */
  #readQuery(takesParameters: boolean): Record<string, unknown> {
    const parameters = { ...this.#request.query };
    const names = Object.keys(parameters);
    const problems = takesParameters ? repeated(parameters) : unknownFields(names, describeUnknownFields(names, []));
    if (problems.length > 0) throw new InvalidInputError(problems);
    return parameters;
  }

  async #readBody({ acceptsForm, exactField }: RequestBody): Promise<unknown> {
    const { contentType, readBody } = this.#request;
    return acceptsForm === true && isForm(contentType)
      ? parseForm(await readBody('form'))
      : parseJson(await readBody('json'), exactField);
  }
}

const repeated = (parameters: Readonly<Record<string, unknown>>): ErrorDetail[] =>
  Object.entries(parameters).flatMap(([path, values]) => {
    if (!Array.isArray(values)) return [];
    const shown = values.slice(0, 3).map(describeValue).join(', ');
    return [
      { path, message: `is sent ${values.length} times, as ${shown}${values.length > 3 ? ', …' : ''}; send it once` },
    ];
  });

function requireNoneOf(
  names: readonly string[],
  fields: Readonly<Record<string, unknown>>,
  place: 'body' | 'query',
): void {
  const problems = names
    .filter((name) => Object.hasOwn(fields, name))
    .map((path) => ({ path, message: `is a part of the path; leave it out of the ${place}` }));
  if (problems.length > 0) throw new InvalidInputError(problems);
}

/** Parses a form. No parameter may occur twice: https://www.rfc-editor.org/rfc/rfc6749#section-3.2 */
function parseForm(text: string): Record<string, string> {
  const entries = [...new URLSearchParams(text)];
  const form = Object.fromEntries(entries);
  if (Object.keys(form).length === entries.length) return form;
  throw new MalformedBodyError('The form contains a parameter more than once. Send each parameter once.');
}
