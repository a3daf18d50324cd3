// tRPC returns what JavaScript can hold, and refuses the rest with its path and the way out.
import { storeOutput } from '@rsolv/shared/contract/store';
import { describe, expect, it } from 'vitest';
import { httpBatchLink } from '@trpc/client';
import { goodBody, request, retrieveText, store } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';
import {
  reportsWithLongFractions,
  reportsWithLongNumbers,
  reportsWithOddText,
} from '@rsolv/test-harness/scanner-reports';
import { makeClient, refusal, refusalIn } from './client.ts';

const platform = await testPlatform();
const customer = await makeCustomer(platform);
const client = makeClient(platform, customer);
const { commitSha: commit } = goodBody(customer);

async function storeText(data: string, changes: object = {}): Promise<void> {
  const body = JSON.stringify(goodBody(customer, { data: 0, ...changes })).replace('"data":0', () => `"data":${data}`);
  expect(await store(platform, customer, body)).toMatchObject({ status: 200 });
}

const unrepresentable: [name: string, report: string, path: string][] = [
  ...Object.entries(reportsWithLongNumbers).map(([name, [report, path]]): [string, string, string] => [
    name,
    report,
    path,
  ]),
  ['a key that JavaScript takes for the prototype', '{"a":[{"__proto__":{"b":1}}]}', 'a[0].__proto__'],
];

describe('refuses to return', () => {
  it.each(unrepresentable)('%s', async (_name, report, path) => {
    const repo = `${customer.namespace}/refused`;
    await storeText(report, { repo });
    const full = `validation.issue-42.${path}`;
    for (const input of [
      { repo, commit, issue: 42 },
      { repo, commit },
    ]) {
      const { status, code, details, message, requestId } = await refusal(client.phases.retrieve.query(input));
      expect({ status, code, paths: details?.map((each) => each.path) }).toEqual({
        status: 422,
        code: 'UNREPRESENTABLE_DATA',
        paths: [full],
      });
      expect(message).toContain(full);
      expect(message).toContain('Retrieve the data over REST');
      expect(message.length).toBeLessThan(500);
      expect(requestId).toBeDefined();
    }
    expect(await retrieveText(platform, customer, { repo })).toContain('{"validation":{"issue-42":{');
  });
});

it('refuses one call of a batch and answers the others', async () => {
  const [long, plain] = [`${customer.namespace}/long`, `${customer.namespace}/plain`];
  await storeText('{"n":12345678901234567890}', { repo: long, phase: 'scan' });
  await storeText('{"n":1}', { repo: plain, phase: 'scan' });
  const batching = makeClient(platform, customer, httpBatchLink);
  const [refused, answered] = await Promise.allSettled([
    batching.phases.retrieve.query({ repo: long, commit }),
    batching.phases.retrieve.query({ repo: plain, commit }),
  ]);
  expect(refused).toMatchObject({ status: 'rejected', reason: { data: { error: { code: 'UNREPRESENTABLE_DATA' } } } });
  expect(answered).toEqual({ status: 'fulfilled', value: { scan: { n: 1 } } });
});

it.each(Object.entries(reportsWithOddText))('returns %s', async (_name, report) => {
  const repo = `${customer.namespace}/text`;
  await storeText(report, { repo, phase: 'mitigation' });
  const expected = { mitigation: { 'issue-42': JSON.parse(report) } };
  expect(await client.phases.retrieve.query({ repo, commit, issue: 42 })).toEqual(expected);
  expect(await client.phases.retrieve.query({ repo, commit })).toEqual(expected);
});

it.each(Object.entries(reportsWithLongFractions))('returns the nearest double of %s', async (_name, report) => {
  const repo = `${customer.namespace}/fractions`;
  await storeText(report, { repo });
  const expected = { validation: { 'issue-42': JSON.parse(report) } };
  expect(await client.phases.retrieve.query({ repo, commit, issue: 42 })).toEqual(expected);
});

it('stores U+0000 and half a surrogate pair, annotated keys among them', async () => {
  const repo = `${customer.namespace}/stored`;
  const data = { 'a\0.b\\': ['\0', '\ud800'], '\udc00': { 'c.d\0': 1, e: undefined, '\0\\.': undefined } };
  await client.phases.store.mutate({ phase: 'scan', repo, commitSha: commit, data });
  const expected: unknown = JSON.parse(JSON.stringify(data));
  expect(await client.phases.retrieve.query({ repo, commit })).toEqual({ scan: expected });
});

it('refuses to store an integer that a double cannot hold, and names REST', async () => {
  const body = JSON.stringify({ json: goodBody(customer, { data: { n: [0] } }) }).replace(
    '[0]',
    '[0,12345678901234567890]',
  );
  const headers = { 'x-api-key': customer.apiKey, 'content-type': 'application/json' };
  const refused = refusalIn(await request(platform, '/trpc/phases.store', { method: 'POST', headers, body }));
  expect(refused).toMatchObject({ status: 400, code: 'INVALID_INPUT', details: [{ path: 'json.data.n[1]' }] });
  expect(refused.message).toContain('or store it over REST');
});

it('refuses to return the data of one execution, which REST returns', async () => {
  const reports = await makeCustomer(platform, { scopes: ['phases:write', 'phases:read', 'reports:read'] });
  const repo = `${reports.namespace}/one`;
  const body = JSON.stringify(goodBody(reports, { repo, data: { n: 0 } })).replace('"n":0', '"n":12345678901234567890');
  const reader = makeClient(platform, reports);
  const { id } = storeOutput.parse((await store(platform, reports, body)).body);
  const refused = await refusal(reader.executions.show.query({ id, include: 'data' }));
  expect(refused).toMatchObject({ status: 422, code: 'UNREPRESENTABLE_DATA', details: [{ path: 'data.n' }] });
  const url = new URL(`/api/v1/executions/${id}?include=data`, platform.url);
  const response = await fetch(url, { headers: { 'x-api-key': reports.apiKey } });
  expect(await response.text()).toContain('"data":{"n":12345678901234567890}');
});
