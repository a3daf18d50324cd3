// A field or parameter that a route does not know is refused, with the name that was probably meant: a misspelled one would
// otherwise be ignored, and a filter with it.
import { describe, expect, it } from 'vitest';
import { routes } from '@rsolv/shared/contract/routes/routes';
import { everyScope } from '@rsolv/test-harness/audit-reader';
import { expectError, goodBody, request, retrieve, store } from '@rsolv/test-harness/calls';
import { pointer, readDocument } from '@rsolv/test-harness/openapi-document';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';
import { refusalIn } from '../trpc/client.ts';

const platform = await testPlatform();
const customer = await makeCustomer(platform, everyScope);
const document = await readDocument(platform);

const procedureRows = routes.flatMap((route) => ('procedure' in route ? [route] : []));
const headers = { 'x-api-key': customer.apiKey, 'content-type': 'application/json' };

/** Sends a request to a route with an empty body, or with this one. */
const send = ({ method, path }: { method: string; path: string }, query = '', body: object = {}) =>
  request(platform, `${path.replace('{id}', customer.apiKeyId)}${query}`, {
    method,
    headers,
    ...(method === 'POST' && { body: JSON.stringify(body) }),
  });

const faultsOf = (answer: Parameters<typeof expectError>[0]) =>
  expectError(answer, 400, 'INVALID_INPUT').details?.map(({ path, message }) => `${path} ${message}`) ?? [];

describe.each(procedureRows)('$method $path', (row) => {
  it('refuses an unknown parameter', async () => {
    const faults = faultsOf(await send(row, '?utm_source=newsletter'));
    expect(faults).toContainEqual(expect.stringMatching(/^utm_source is unknown; (use |leave it out)/));
  });

  it.runIf(row.method === 'POST' && row.procedure !== 'auth.token')(
    'refuses an unknown field of the body',
    async () => {
      const faults = faultsOf(await send(row, '', { colour: 'red' }));
      expect(faults).toContainEqual(expect.stringMatching(/^colour is unknown; use /));
    },
  );

  it('refuses an unknown field over tRPC', async () => {
    const input = encodeURIComponent(JSON.stringify({ json: { colour: 'red' } }));
    const answer =
      row.method === 'GET'
        ? await request(platform, `/trpc/${row.procedure}?input=${input}`, { headers })
        : await request(platform, `/trpc/${row.procedure}`, {
            method: 'POST',
            headers,
            body: decodeURIComponent(input),
          });
    const { status, details = [] } = refusalIn(answer);
    expect(status).toBe(400);
    const fault = row.procedure === 'whoami' ? { path: '', message: 'must be left out' } : { path: 'colour' };
    expect(details).toContainEqual(expect.objectContaining(fault));
  });
});

describe('names what was probably meant', () => {
  it.each([
    ['statsu', 'status'],
    ['brnach', 'branch'],
    ['Branch', 'branch'],
    ['error_mesage', 'errorMessage'],
    ['issuenumber', 'issueNumber'],
    ['commit-sha', 'commitSha'],
    ['sha', 'commitSha'],
    ['repository', 'repo'],
    ['dta', 'data'],
    ['phases', 'phase'],
  ])('%s of a store: %s', async (name, meant) => {
    const answer = await store(platform, customer, goodBody(customer, { [name]: 'x' }));
    expect(faultsOf(answer)).toEqual([`${name} is unknown (did you mean ${meant}?)`]);
  });

  it.each([
    ['audit-events', 'untill', 'until'],
    ['audit-events', 'actoin', 'action'],
    ['keys', 'limt', 'limit'],
    ['forge-accounts', 'Cursor', 'cursor'],
  ])('in %s, %s: %s', async (list, name, meant) => {
    const answer = await send({ method: 'GET', path: `/api/v1/${list}` }, `?${name}=1`);
    expect(faultsOf(answer)).toEqual([`${name} is unknown (did you mean ${meant}?)`]);
  });

  it('or every name, where none is close', async () => {
    const answer = await send({ method: 'GET', path: '/api/v1/audit-events' }, '?repo=acme/shop');
    expect(faultsOf(answer)).toEqual(['repo is unknown; use action, outcome, since, until, limit, cursor']);
  });
});

it.each(['__proto__', 'constructor', 'toString'])('refuses the field %s', async (name) => {
  const body = JSON.stringify(goodBody(customer)).replace('{', () => `{"${name}":{"a":1},`);
  expect(faultsOf(await store(platform, customer, body))).toEqual([
    expect.stringMatching(new RegExp(`^${name} is unknown;`)),
  ]);
});

it('refuses values under two names that are no texts', async () => {
  const twice = goodBody(customer, { commit: { toString: 1 }, issue: [42] });
  expect(faultsOf(await store(platform, customer, twice))).toEqual([
    'commitSha is "692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a", but commit is an object; send one of them',
    'issueNumber is 42, but issue is an array; send one of them',
  ]);
});

describe('refuses an object that has no text', () => {
  const object = { toString: 1, valueOf: 1 };

  it.each(['phase', 'forge', 'repo', 'commitSha', 'issueNumber', 'branch', 'status', 'startedAt', 'idempotencyKey'])(
    'as %s',
    async (name) => {
      const answer = await store(platform, customer, goodBody(customer, { [name]: object }));
      expect(expectError(answer, 400, 'INVALID_INPUT').details?.map(({ path }) => path)).toEqual([name]);
    },
  );

  it.each([
    ['keys.list', 'limit'],
    ['audit.list', 'limit'],
    ['audit.list', 'since'],
    ['audit.list', 'cursor'],
    ['phases.retrieve', 'issue'],
    ['executions.list', 'limit'],
  ])('as the input of %s over tRPC: %s', async (procedure, name) => {
    const input = encodeURIComponent(JSON.stringify({ json: { [name]: object } }));
    const { status, details = [] } = refusalIn(
      await request(platform, `/trpc/${procedure}?input=${input}`, { headers }),
    );
    expect(status).toBe(400);
    expect(details.map(({ path }) => path)).toContain(name);
  });
});

it('names a field as it was sent', async () => {
  const wrong = { commitSha: undefined, commit: 'a b', issueNumber: undefined, issue: 'x' };
  expect(faultsOf(await store(platform, customer, goodBody(customer, wrong)))).toEqual([
    expect.stringMatching(/^commit must be a commit SHA/),
    expect.stringMatching(/^issue must be a whole number/),
  ]);
  const query = { repo: 'o/r', commitSha: 'a b', issue_number: '0' };
  expect(faultsOf(await retrieve(platform, customer, query))).toEqual([
    expect.stringMatching(/^commitSha must be a commit SHA/),
    expect.stringMatching(/^issue_number must be a whole number/),
  ]);
});

it('does not repeat what may be a secret in place of a name', async () => {
  const answer = await send({ method: 'GET', path: '/api/v1/whoami' }, `?${customer.apiKey}`);
  expect(faultsOf(answer)).toEqual([expect.stringMatching(/is unknown; leave it out$/)]);
  expect(JSON.stringify(answer.body)).not.toContain(customer.apiKey.slice(0, 20));
});

it('counts hundreds of thousands of unknown fields', async () => {
  const fields = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`f${index}`, 1]));
  const answer = await store(platform, customer, goodBody(customer, fields));
  expect(faultsOf(answer).at(-1)).toBe(' has 49980 more invalid fields');
  expect(JSON.stringify(answer.body).length).toBeLessThan(10_000);
});

it('refuses the id of a path in the body', async () => {
  const faults = faultsOf(await send({ method: 'POST', path: '/api/v1/keys/{id}/rotate' }, '', { id: 'other' }));
  expect(faults).toEqual(['id is a part of the path; leave it out of the body']);
});

it('asks for an API key first', async () => {
  const answer = await request(platform, '/api/v1/whoami?colour=red');
  expect(answer).toMatchObject({ status: 401, body: { error: { code: 'API_KEY_MISSING' } } });
});

it.each(['/health', '/health/ready', '/openapi.json', '/docs'])('ignores parameters of %s', async (path) => {
  expect((await fetch(`${platform.url}${path}?utm_source=newsletter`)).status).toBe(200);
});

it('ignores unknown parameters of a token exchange, as OAuth requires', async () => {
  const form = new URLSearchParams({ client_id: 'a', audience: 'b' });
  const answer = await request(platform, '/api/v1/auth/token', { method: 'POST', body: form });
  expect(faultsOf(answer)).toEqual([
    'grant_type is required',
    'subject_token is required',
    'subject_token_type is required',
  ]);
});

describe('the OpenAPI document', () => {
  const bodies = procedureRows.filter(({ input, procedure }) => input?.body && procedure !== 'auth.token');

  it.each(bodies)('allows no unknown field in the body of $path', ({ path, method }) => {
    const at = pointer('paths', path, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema');
    const keywords = document.validate(at, { colour: 'red' }).map(({ keyword }) => keyword);
    expect(keywords).toContain('additionalProperties');
  });

  it('allows the fields of released actions, and every name of a field', () => {
    const at = pointer('paths', '/api/v1/phases/store', 'post', 'requestBody', 'content', 'application/json', 'schema');
    const released = { timestamp: 'now', pipelineRunId: 'run', pipeline_run_id: 'run' };
    const { commitSha, issueNumber, ...others } = goodBody(customer);
    for (const names of [
      { commitSha, issueNumber },
      { commit_sha: commitSha, issue_number: issueNumber },
      { commit: commitSha, issue: issueNumber, idempotency_key: 'a' },
    ]) {
      expect(document.validate(at, { ...others, ...names, ...released })).toEqual([]);
    }
  });
});
