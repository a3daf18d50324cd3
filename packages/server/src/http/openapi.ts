// The OpenAPI document, generated from the route table and the schemas that the procedures check their input with.
import {
  isPaged,
  type Operation,
  type ProcedureRoute,
  type RequestBody,
  type RouteInput,
} from '@rsolv/shared/contract/routes/route';
import { routes, type RouteRow } from '@rsolv/shared/contract/routes/routes';
import { describeUnknownFields } from '@rsolv/shared/contract/strict-object';
import type { ErrorCode } from '@rsolv/shared/errors/error-code';
import { InvalidInputError } from '@rsolv/shared/errors/platform-error';
import { unknownFields } from '@rsolv/shared/errors/to-invalid-input-error';
import type { FieldNames } from '@rsolv/shared/wire/accepted-names';
import type { RequestHandler } from 'express';
import { z, type core } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { version } from '../config/version.ts';
import { refineParameters } from './openapi-parameters.ts';
import { errorResponses, json, successResponse } from './openapi-responses.ts';

/** Answers with the document, which is made once. */
export function answerOpenApi(): RequestHandler {
  const document = makeDocument();
  for (const route of routes) if ('procedure' in route) refineParameters(document, route);
  return (_request, response) => {
    response.json(document);
  };
}

const makeDocument = () =>
  createDocument({
    openapi: '3.1.0',
    info: {
      title: 'RSOLV phase data',
      version,
      description:
        'Stores the results of each phase of the RSOLV security action for the phases that follow.\n\n' +
        'To try it here, press **Authorize**, paste an API key, and execute `POST /api/v1/phases/store`, then ' +
        '`GET /api/v1/phases/retrieve`: their examples belong together. A program sends the key in the header ' +
        '`x-api-key: <key>` or `Authorization: Bearer <key>`.\n\n' +
        'Every error has the same body. Its message says what is wrong and what to do. Unknown fields and parameters are ' +
        'refused.',
    },
    // Relative to this document, so that it is right behind a proxy that adds a prefix to the path.
    servers: [{ url: './', description: 'This server.' }],
    tags,
    security: [{ apiKey: [] }],
    paths: documentPaths(),
    components: {
      securitySchemes: {
        apiKey: {
          type: 'apiKey',
          in: 'header',
          name: 'x-api-key',
          description: 'An API key, as `rsolv key create` prints it.',
        },
      },
    },
  });

const tags = [
  { name: 'phases', description: 'Store and retrieve the results of phases.' },
  { name: 'reports', description: 'List the repositories and executions of the customer.' },
  { name: 'health', description: 'Check the server. No API key is needed.' },
  { name: 'access', description: 'Find out what an API key may do.' },
  { name: 'workflows', description: 'For workflows, which authenticate with the ID token of their forge.' },
  {
    name: 'administration',
    description:
      'Manage API keys and forge accounts, and read audit events. This needs an API key with the scope `manage`. The key of ' +
      "the first start does not have it; the platform's operator creates one with " +
      '`rsolv key create --customer <name> --scopes manage`.',
  },
];

function documentPaths(): ZodOpenApiPathsObject {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    const operation = documentRoute(route);
    if (operation === undefined) continue;
    paths[route.path] = { ...paths[route.path], ...operation };
  }
  return paths;
}

function documentRoute(route: RouteRow): Record<string, ZodOpenApiOperationObject> | undefined {
  const noKey = { security: [] };
  if ('operation' in route) return { get: { ...documentOperation(route.operation), ...noKey } };
  if (!('procedure' in route)) return undefined;
  const operation = {
    ...documentOperation({ ...route, failures: failuresOf(route) }, route),
    ...documentInput(route.input ?? {}),
    ...(route.authentication === 'none' && noKey),
  };
  return { [route.method.toLowerCase()]: operation };
}

const documentOperation = (
  { operationId, summary, description, tag, success, failures = [] }: Operation,
  route?: ProcedureRoute,
): ZodOpenApiOperationObject => ({
  operationId,
  summary,
  ...(description !== undefined && { description }),
  tags: [tag],
  responses: {
    ...successResponse(success, route !== undefined && isPaged(route)),
    ...errorResponses(failures, route && unknownField(route)),
  },
});

/** The error for an unknown field; undefined for a route that ignores such fields. */
function unknownField({ input: { query, body } = {} }: ProcedureRoute): InvalidInputError | undefined {
  if (body?.acceptsForm === true) return undefined;
  const fields = body?.schema instanceof z.ZodObject ? body.schema.shape : (query?.shape ?? {});
  const name = 'verbose';
  return new InvalidInputError(unknownFields([name], describeUnknownFields([name], Object.keys(fields))));
}

const keyFailures = [
  'API_KEY_MISSING',
  'API_KEY_UNKNOWN',
  'API_KEY_REVOKED',
  'API_KEY_EXPIRED',
  'CUSTOMER_INACTIVE',
] as const;
const bodyFailures = ['MALFORMED_BODY', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const;
const serverFailures = ['INTERNAL_ERROR', 'SERVER_BUSY', 'DATABASE_UNAVAILABLE'] as const;

/** The errors of a route's own, and those that follow from its input and authentication. */
const failuresOf = ({ input, authentication, failures = [] }: ProcedureRoute): ErrorCode[] => [
  'INVALID_INPUT',
  ...(input?.body === undefined ? [] : bodyFailures),
  ...(authentication === 'api-key' ? keyFailures : []),
  ...failures,
  'RATE_LIMITED',
  ...serverFailures,
];

function documentInput({ path, query, headers, body, names }: RouteInput) {
  const params = {
    ...(path && { path }),
    ...(query && { query }),
    ...(headers && { header: headers }),
  };
  return {
    ...(Object.keys(params).length > 0 && { requestParams: params }),
    ...(body && { requestBody: documentBody(body, names) }),
  };
}

function documentBody(body: RequestBody, names: FieldNames | undefined) {
  const override = ({ jsonSchema }: { readonly jsonSchema: core.JSONSchema.BaseSchema }) => {
    if (body.examples !== undefined) jsonSchema.examples = [...body.examples];
    if (names !== undefined) addNames(jsonSchema, names);
  };
  const schema = body.schema.meta({ ...body.schema.meta(), id: body.id, override });
  return {
    ...(body.isRequired && { required: true }),
    content: {
      ...(body.acceptsForm === true && { 'application/x-www-form-urlencoded': { schema } }),
      ...json(schema),
    },
  };
}

/** Adds the other names of fields. A field that is required is required under one of its names. */
function addNames(jsonSchema: core.JSONSchema.BaseSchema, { aliases, ignored }: FieldNames): void {
  const { properties = {}, required = [] } = jsonSchema;
  for (const [name, others] of Object.entries(aliases)) {
    const same = Object.assign({}, properties[name], { description: `The same as \`${name}\`.` });
    for (const other of others) properties[other] = same;
  }
  for (const name of ignored) {
    properties[name] = { description: 'Released actions send it. It is ignored.', deprecated: true };
  }
  const alternatives = required.map((name) => [name].concat(aliases[name] ?? []));
  jsonSchema.required = alternatives.filter((names) => names.length === 1).flat();
  jsonSchema.anyOf = combinations(alternatives.filter((names) => names.length > 1)).map((names) => ({
    required: names,
  }));
}

/** Every choice of one name from each of the alternatives. */
const combinations = (alternatives: readonly (readonly string[])[]): string[][] =>
  alternatives.reduce<string[][]>(
    (chosen, names) => chosen.flatMap((before) => names.map((name) => [...before, name])),
    [[]],
  );
