// The OpenAPI document: made from the schemas that the procedures check by, so that it can't say anything else.
import { spellings } from '@rsolv/shared/wire/field-names';
import { health, readiness } from '@rsolv/shared/contract/health';
import { retrieveInput, retrieveOutput } from '@rsolv/shared/contract/retrieve';
import { storeInput, storeOutput } from '@rsolv/shared/contract/store';
import { idempotencyKey } from '@rsolv/shared/contract/text';
import { whoamiOutput } from '@rsolv/shared/contract/whoami';
import { Router } from 'express';
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi';
import { allowMethods } from './errors.ts';
import { administrationPaths } from './openapi-administration.ts';
import { workflowPaths } from './openapi-workflows.ts';
import { accessFailures, bodyFailures, failures, json, keyFailures, ok, serverFailures } from './openapi-responses.ts';

const replayFailures = ['STORE_IN_FLIGHT', 'IDEMPOTENCY_KEY_REUSED'] as const;

/** A store's fields in either spelling. */
const storeRequest = storeInput.in.meta({
  id: 'StoreRequest',
  override: ({ jsonSchema }) => {
    const { properties = {}, required = [] } = jsonSchema;
    for (const [camel, snake] of Object.entries(spellings)) {
      const property = properties[camel];
      if (typeof property === 'object') properties[snake] = { ...property, description: `The same as \`${camel}\`.` };
    }
    jsonSchema.required = required.filter((name) => name !== 'commitSha');
    jsonSchema.anyOf = [{ required: ['commitSha'] }, { required: [spellings.commitSha] }];
    jsonSchema.examples = [
      {
        phase: 'validation',
        repo: 'RSOLV-dev/nodegoat-vulnerability-demo',
        issueNumber: 42,
        commitSha: '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a',
        data: { validated: true, vulnerabilities: [{ type: 'command_injection', file: 'Gruntfile.js', line: 14 }] },
      },
    ];
  },
});

const storeOperation: ZodOpenApiOperationObject = {
  operationId: 'storePhase',
  summary: "Store a phase's result",
  description: 'Stores what a phase found as a new execution. The repository is made by the first store into it.',
  tags: ['phases'],
  requestParams: {
    header: z.object({ 'Idempotency-Key': idempotencyKey.optional() }),
  },
  requestBody: { required: true, content: json(storeRequest) },
  responses: {
    ...ok('Stored.', storeOutput),
    ...failures('INVALID_INPUT', ...bodyFailures, ...accessFailures, ...replayFailures, ...serverFailures),
  },
};

const retrieveOperation: ZodOpenApiOperationObject = {
  operationId: 'retrievePhases',
  summary: 'Retrieve what the phases before have stored',
  description:
    'The newest completed scan of the commit, and the newest completed validation and mitigation of the issue at ' +
    'whatever commit. Without `issue`: of every issue that has one at this commit. Nothing stored is `{}`, not an error.',
  tags: ['phases'],
  requestParams: { query: retrieveInput.in },
  responses: {
    ...ok('The phases that have data; the others are absent.', retrieveOutput),
    ...failures('INVALID_INPUT', ...accessFailures, ...serverFailures),
  },
};

const whoamiOperation: ZodOpenApiOperationObject = {
  operationId: 'whoami',
  summary: 'Who this key speaks for and what it may reach',
  description: 'The first thing to look at when access is refused.',
  tags: ['access'],
  responses: {
    ...ok("The customer, the key and the customer's forge accounts.", whoamiOutput),
    ...failures(...keyFailures, ...serverFailures),
  },
};

const open = { security: [], tags: ['health'] };

const makeDocument = () =>
  createDocument({
    openapi: '3.1.0',
    info: {
      title: 'RSOLV phase data',
      version: '1',
      description:
        'Keeps what each phase of the RSOLV security action learned, for the phases that come after it. ' +
        'Every error has the same body; what it says is meant to be read.',
    },
    security: [{ apiKey: [] }, { bearer: [] }],
    paths: {
      '/api/v1/phases/store': { post: storeOperation },
      '/api/v1/phases/retrieve': { get: retrieveOperation },
      '/api/v1/whoami': { get: whoamiOperation },
      ...administrationPaths,
      ...workflowPaths,
      '/health': {
        get: {
          ...open,
          operationId: 'health',
          summary: 'Whether the process answers',
          responses: ok('It does.', health),
        },
      },
      '/health/ready': {
        get: {
          ...open,
          operationId: 'ready',
          summary: 'Whether the platform can do its work',
          responses: {
            ...ok('It can.', readiness),
            ...failures('NOT_READY'),
          },
        },
      },
    },
    components: {
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        bearer: { type: 'http', scheme: 'bearer', description: 'The same key.' },
      },
    },
  });

export function openapiRoutes(): Router {
  const document = makeDocument();
  const routes = Router({ caseSensitive: true });
  routes
    .route('/')
    .get((_request, response) => {
      response.json(document);
    })
    .all(allowMethods('GET', 'HEAD'));
  return routes;
}
