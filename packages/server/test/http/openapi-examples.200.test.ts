// What the documentation shows can be executed as it is, and its errors are real.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { errorBody, errorCodes } from '@rsolv/shared/errors/error-code';
import { request } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();

const parameter = z.looseObject({
  name: z.string(),
  in: z.string(),
  schema: z.looseObject({}),
  example: z.union([z.string(), z.number()]).optional(),
});
const operation = z.looseObject({
  tags: z.array(z.string()),
  parameters: z.array(parameter).optional(),
  responses: z.record(
    z.string(),
    z.looseObject({ content: z.record(z.string(), z.looseObject({ example: z.unknown().optional() })) }),
  ),
});
const document = z
  .looseObject({
    info: z.object({ description: z.string() }).loose(),
    tags: z.array(z.object({ name: z.string(), description: z.string() })),
    paths: z.record(z.string(), z.record(z.string(), operation)),
    components: z.looseObject({
      securitySchemes: z.record(z.string(), z.unknown()),
      schemas: z.looseObject({ StoreRequest: z.looseObject({ examples: z.array(z.unknown()) }) }),
    }),
  })
  .parse((await request(platform, '/openapi.json')).body);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { tags, parameters, responses }]) => ({
    path,
    method,
    tags,
    parameters,
    responses,
  })),
);

it('stores and retrieves by the examples alone', async () => {
  const { apiKey } = await makeCustomer(platform, { namespace: 'RSOLV-dev' });
  const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
  const [example] = document.components.schemas.StoreRequest.examples;
  const body = JSON.stringify(example);
  expect(await request(platform, '/api/v1/phases/store', { method: 'POST', headers, body })).toMatchObject({
    status: 200,
  });
  const { parameters = [] } = operation.parse(document.paths['/api/v1/phases/retrieve']?.['get']);
  const query = new URLSearchParams();
  for (const { name, example: value } of parameters) if (value !== undefined) query.set(name, String(value));
  const answer = await request(platform, `/api/v1/phases/retrieve?${query.toString()}`, { headers });
  expect(answer).toMatchObject({ status: 200, body: { validation: { 'issue-42': { validated: true } } } });
});

it('has no example that would change or filter something by itself', () => {
  const withExamples = operations.filter(({ parameters = [] }) =>
    parameters.some(({ example }) => example !== undefined),
  );
  expect(withExamples.map(({ path }) => path)).toEqual(['/api/v1/phases/retrieve']);
});

it('shows numbers of queries as integers', () => {
  const numbers = operations.flatMap(({ parameters = [] }) =>
    parameters.filter(({ name }) => ['issue', 'limit'].includes(name)).map(({ schema }) => schema),
  );
  expect(numbers.length).toBeGreaterThanOrEqual(4);
  for (const schema of numbers) {
    expect(schema).toMatchObject({ type: 'integer', minimum: 1 });
    expect(schema).not.toHaveProperty('anyOf');
  }
});

describe.each(operations)('$method $path', ({ responses, tags }) => {
  it('has an error of its own for each status', () => {
    const examples = Object.entries(responses)
      .filter(([status]) => Number(status) >= 400)
      .map(([status, { content }]) => ({ status, error: errorBody.parse(content['application/json']?.example).error }));
    for (const { status, error } of examples) expect(errorCodes[error.code].status).toBe(Number(status));
    const messages = examples.map(({ error }) => error.message);
    expect(messages).toEqual([...new Set(messages)]);
  });

  it('belongs to a section that is described', () => {
    expect(document.tags.map(({ name }) => name)).toEqual(expect.arrayContaining(tags));
  });
});

it('says how to authenticate, and how to get a key for administration', () => {
  expect(document.info.description).toContain('press **Authorize**, paste an API key');
  expect(document.info.description).toContain('Authorization: Bearer');
  expect(Object.keys(document.components.securitySchemes)).toEqual(['apiKey']);
  const administration = document.tags.find(({ name }) => name === 'administration');
  expect(administration?.description).toContain('`rsolv key create --customer <name> --scopes manage`');
});
