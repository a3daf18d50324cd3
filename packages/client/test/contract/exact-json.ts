// JSON that a JavaScript number, or PostgreSQL, can't hold: what each client and API makes of it.
import { toNumber } from '@rsolv/shared/json/exact-number';
import { exactly } from '@rsolv/test-harness/exactly';
import {
  reportsWithLongFractions,
  reportsWithLongNumbers,
  reportsWithOddText,
} from '@rsolv/test-harness/scanner-reports';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InvalidRequestError, UnrepresentableDataError } from '../../src/index.ts';
import { failureOf } from '../harness/failure-of.ts';
import { enterWorkspace, type Workspace } from '../harness/workspace.ts';
import { goodBody } from './platform-under-test.ts';
import type { Calls, ContractCustomer, PlatformUnderTest } from './platform-under-test.ts';

export function describeExactJson(given: () => { platform: PlatformUnderTest; calls: Calls }): void {
  let platform: PlatformUnderTest;
  let calls: Calls;
  let customer: ContractCustomer;
  let repo: string;
  let workspace: Workspace;
  beforeAll(() => ({ platform, calls } = given()));
  beforeEach(async () => {
    workspace = await enterWorkspace();
    customer = await platform.addCustomer();
    repo = `${customer.namespace}/demo`;
  });
  afterEach(() => workspace[Symbol.asyncDispose]());

  const { commitSha } = goodBody({ namespace: '' });
  const storeText = async (data: string, changes: object = {}) => {
    const body = JSON.stringify(goodBody(customer, { data: 0, ...changes })).replace(
      '"data":0',
      () => `"data":${data}`,
    );
    expect(await calls.store(customer, body)).toMatchObject({ status: 200, body: { success: true } });
  };
  const retrieveText = async () => {
    const query = new URLSearchParams({ repo, commit: commitSha });
    const url = `${platform.url}/api/v1/phases/retrieve?${query.toString()}`;
    return (await platform.fetch(url, { headers: { 'x-api-key': customer.apiKey } })).text();
  };
  // The platform in memory accepts less than the largest of the reports.
  const longNumbers = Object.entries(reportsWithLongNumbers).filter(([, [report]]) => report.length < 50_000);
  const oddText = Object.entries({
    ...reportsWithOddText,
    'keys that every object has': '{"constructor":{"prototype":1},"toString":2}',
  });

  describe('over REST, a mitigation comes back equal:', () => {
    it.each([
      ...oddText,
      ...Object.entries(reportsWithLongFractions),
      ...longNumbers.map(([name, [report]]): [string, string] => [name, report]),
      ['a key that JavaScript takes for the prototype', '{"__proto__":{"polluted":true}}'] as [string, string],
    ])('%s', async (_name, report) => {
      const data = `{"prNumber":12345678901234567890,"prUrl":"https://github.com/o/r/pull/7","report":${report}}`;
      await storeText(data, { phase: 'mitigation' });
      const derived = `{"pr_url":"https://github.com/o/r/pull/7","pr_number":7,${data.slice(1)}`;
      expect(exactly(await retrieveText())).toEqual(exactly(`{"mitigation":{"issue-42":${derived}}}`));
      expect(Object.prototype).not.toHaveProperty('polluted');
    });
  });

  it.each(longNumbers)('createClient names the path and REST for %s', async (_name, [report, path]) => {
    await storeText(report);
    const query = { repo, commit: commitSha, issue: 42 };
    const failure = await failureOf(calls.typed(customer).phases.retrieve.query(query));
    expect(failure).toBeInstanceOf(UnrepresentableDataError);
    expect(failure).toMatchObject({ code: 'UNREPRESENTABLE_DATA', status: 422, retryable: false });
    expect(failure.details.map((each) => each.path)).toEqual([`validation.issue-42.${path}`]);
    expect(failure.message).toContain('GET /api/v1/phases/retrieve');
  });

  it('createClient does not take the key __proto__ for a prototype', async () => {
    await storeText('{"a":{"__proto__":{"b":1}}}', { phase: 'scan' });
    const failure = await failureOf(calls.typed(customer).phases.retrieve.query({ repo, commit: commitSha }));
    expect(failure.details.map((each) => each.path)).toEqual(['scan.a.__proto__']);
  });

  describe('both clients store and retrieve', () => {
    it.each(oddText)('%s', async (_name, report) => {
      const data: object = JSON.parse(report);
      const typed = calls.typed(customer);
      await typed.phases.store.mutate({ phase: 'scan', repo, commitSha, data });
      const metadata = { repo, issueNumber: 42, commitSha };
      const stored = await calls.action(customer).storePhaseResults('validate', { validate: { 42: data } }, metadata);
      expect(stored).toMatchObject({ storage: 'platform' });
      const validation = { 'issue-42': data };
      expect(await typed.phases.retrieve.query({ repo, commit: commitSha })).toEqual({ scan: data, validation });
      const found = await calls.action(customer).retrievePhaseResults(repo, 42, commitSha);
      expect(found).toEqual({ scan: data, validation, validate: validation });
      expect(await workspace.files()).toEqual([]);
    });
  });

  it('PhaseDataClient reads long numbers as doubles, as response.json() does', async () => {
    await storeText('{"queryId":14517067005933136034}', { phase: 'scan' });
    const found = await calls.action(customer).retrievePhaseResults(repo, undefined, commitSha);
    expect(found).toEqual({ scan: { queryId: Number('14517067005933136034') } });
  });

  it('PhaseDataClient sends a number as its text, createClient is refused with the path and REST', async () => {
    const data = { vulnerabilities: [], queryId: toNumber('14517067005933136034') };
    const metadata = { repo, commitSha };
    expect(await calls.action(customer).storePhaseResults('scan', { scan: data }, metadata)).toMatchObject({
      storage: 'platform',
    });
    expect(await retrieveText()).toContain('"queryId":14517067005933136034');
    const failure = await failureOf(calls.typed(customer).phases.store.mutate({ phase: 'scan', ...metadata, data }));
    expect(failure).toBeInstanceOf(InvalidRequestError);
    expect(failure.message).toBe(
      "json.data.queryId is 14517067005933136034, which a JSON number can't represent exactly; " +
        'send it as a string, or store it over REST',
    );
  });

  it('createClient refuses what no stack can hold, with its path', async () => {
    const data: object = JSON.parse(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`);
    const failure = await failureOf(
      calls.typed(customer).phases.store.mutate({ phase: 'scan', repo, commitSha, data }),
    );
    expect(failure).toBeInstanceOf(InvalidRequestError);
    expect(failure.message).toMatch(/^data\.a(\[0\])+.* is nested too deep/);
    const deep: object = JSON.parse(`{"a":${'['.repeat(2001)}${']'.repeat(2001)}}`);
    const refused = await failureOf(
      calls.typed(customer).phases.store.mutate({ phase: 'scan', repo, commitSha, data: deep }),
    );
    expect(refused).toMatchObject({ status: 400, message: expect.stringContaining('deeper than 2000 levels') });
  });
}
