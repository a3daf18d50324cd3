// Executions as the operator lists them, and data of every size.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listRepositories } from '../../src/accounts/list-repositories.ts';
import { listExecutions } from '../../src/phases/list-executions.ts';
import { selectData } from '../../src/phases/read-execution-data.ts';
import { request, storeGood } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const { kysely } = platform.database;
const view = { rights: undefined, staleAfterMs: 60_000 };
const everything = { limit: 1000, customerId: null, phase: undefined, repository: undefined };

it('lists the executions and repositories of all customers to the operator', async () => {
  const customers = [await makeCustomer(platform), await makeCustomer(platform, { account: 'verified' })];
  const ids = await Promise.all(customers.map((customer) => storeGood(platform, customer)));
  const { executions } = await listExecutions(kysely, everything, view);
  expect(executions.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
  const { repositories } = await listRepositories(kysely, { limit: 1000, customerId: null }, undefined);
  const names = customers.map(({ namespace }) => `${namespace}/demo`);
  expect(repositories.map(({ repo }) => repo)).toEqual(expect.arrayContaining(names));
});

it.each(['pending', 'running', 'completed', 'failed', 'stale'] as const)('lists those that are %s', async (status) => {
  const customer = await makeCustomer(platform);
  const old = new Date(Date.now() - 120_000).toISOString();
  for (const stored of ['pending', 'running', 'completed', 'failed']) {
    await storeGood(platform, customer, { status: stored, data: {} });
    await storeGood(platform, customer, { status: stored, data: {}, startedAt: old });
  }
  const own = { ...everything, customerId: customer.id, status };
  const { executions } = await listExecutions(kysely, own, view);
  const isShown = ['pending', 'running'].includes(status) ? 1 : 2;
  expect(executions.map((each) => each.status)).toEqual(Array.from({ length: isShown }, () => status));
});

it.each([
  ['an issue and a branch', { issue: 42, branch: 'main' }],
  ['an issue of the phase scan', { issue: 42, phase: 'scan' as const }],
])('lists nothing for %s: scans have no issue, and only scans have a branch', async (_name, filter) => {
  const { executions } = await listExecutions(kysely, { ...everything, ...filter }, view);
  expect(executions).toEqual([]);
});

describe('data', () => {
  it.each([10, 100_000])('of %s bytes is shown on request', async (bytes) => {
    const customer = await makeCustomer(platform);
    const data = { text: 'x'.repeat(bytes) };
    const id = await storeGood(platform, customer, { data });
    const headers = { 'x-api-key': customer.apiKey };
    const answer = await request(platform, `/api/v1/executions/${id}?include=data`, { headers });
    expect(answer.status).toBe(200);
    expect(z.looseObject({ data: z.unknown() }).parse(answer.body).data).toEqual(data);
  });

  it('of an execution that was deleted meanwhile is not found', async () => {
    const gone = { id: '0199a2b4-5c3e-7d10-8f6a-3b2c1d0e9f88', phase: 'scan' } as const;
    await expect(selectData(kysely, gone, { carriesAnyJson: true, path: [] })).rejects.toThrow('not found');
  });
});
