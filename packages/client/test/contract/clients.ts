// Both clients against the platform.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as client from '../../src/index.ts';
import { failureOf } from '../harness/failure-of.ts';
import { commitSha, scan } from '../harness/scan.ts';
import { enterWorkspace, type Workspace } from '../harness/workspace.ts';
import type { Calls, ContractCustomer, PlatformUnderTest } from './platform-under-test.ts';

export function describeClients(given: () => { platform: PlatformUnderTest; calls: Calls }): void {
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

  it('PhaseDataClient carries three phases from one step to the next', async () => {
    const step = () => calls.action(customer);
    const metadata = { repo, issueNumber: 42, commitSha };
    const stored = await step().storePhaseResults('scan', { scan }, { repo, commitSha, branch: 'main' });
    expect(stored).toEqual({ success: true, storage: 'platform', phase: 'scan', id: expect.any(String) });
    await step().storePhaseResults('validate', { validate: { 'issue-42': { validated: true } } }, metadata);
    const mitigate = { 42: { prUrl: 'https://github.com/o/r/pull/7' } };
    await step().storePhaseResults('mitigate', { mitigate }, metadata);
    const validation = { 'issue-42': { validated: true } };
    const mitigation = { 'issue-42': { ...mitigate[42], pr_url: mitigate[42].prUrl, pr_number: 7 } };
    const found = { scan, validation, validate: validation, mitigation, mitigate: mitigation };
    expect(await step().retrievePhaseResults(repo, 42, commitSha)).toEqual(found);
    expect(await step().retrievePhaseResults(repo, undefined, commitSha)).toEqual(found);
    expect((await platform.seen(customer)).map(({ phase }) => phase)).toEqual(['scan', 'validation', 'mitigation']);
    expect(await workspace.files()).toEqual([]);
  });

  it('PhaseDataClient keeps a refused result in a local file and logs the reason', async () => {
    const warnings: string[] = [];
    const logger = { debug: () => {}, warn: (message: string) => warnings.push(message) };
    const metadata = { repo: 'strangers/demo', commitSha };
    const result = await calls.action(customer, { logger }).storePhaseResults('scan', { scan }, metadata);
    expect(result).toMatchObject({ storage: 'local' });
    expect(warnings.join()).toContain('has no github forge account for "strangers"');
  });

  it('createClient stores once when responses are lost, and compresses large bodies', async () => {
    let lost = 0;
    const fetch: client.Fetch = async (url, init) => {
      const answer = await platform.fetch(url, init);
      if (lost++ < 2) throw new TypeError('the connection died');
      return answer;
    };
    const large = { vulnerabilities: Array.from({ length: 2000 }, (_, line) => ({ type: 'xss', line })) };
    await calls.typed(customer, { fetch }).phases.store.mutate({ phase: 'scan', repo, commitSha, data: large });
    expect(await platform.seen(customer)).toMatchObject([{ derived: { vulnerabilities_count: 2000 } }]);
    expect(await calls.typed(customer).phases.retrieve.query({ repo, commit: commitSha })).toEqual({ scan: large });
  });

  describe('createClient rejects with the class of the cause:', () => {
    const store = (changes: object = {}, options?: client.MutationOptions) =>
      calls.typed(customer).phases.store.mutate({ phase: 'scan', repo, commitSha, data: scan, ...changes }, options);

    it('AuthenticationError', async () => {
      await platform.revokeKey(customer);
      const failure = await failureOf(store());
      expect(failure).toBeInstanceOf(client.AuthenticationError);
      expect(failure).toMatchObject({ code: 'API_KEY_REVOKED', status: 401, retryable: false });
      expect(failure.requestId).toMatch(/./);
    });

    it('InvalidRequestError', async () => {
      const failure = await failureOf(store({ phase: 'validation' }));
      expect(failure).toBeInstanceOf(client.InvalidRequestError);
      expect(failure.details).toEqual([{ path: 'issueNumber', message: 'is required for the phase validation' }]);
    });

    it('ForgeAccountMissingError and ForgeAccountUnverifiedError', async () => {
      expect(await failureOf(store({ repo: 'strangers/demo' }))).toBeInstanceOf(client.ForgeAccountMissingError);
      await platform.addForgeAccount(customer, `${customer.namespace}-2`);
      const unverified = await failureOf(store({ repo: `${customer.namespace}-2/demo` }));
      expect(unverified).toBeInstanceOf(client.ForgeAccountUnverifiedError);
    });

    it('IdempotencyKeyReusedError', async () => {
      const first = await store({}, { idempotencyKey: 'mine' });
      expect(await store({}, { idempotencyKey: 'mine' })).toEqual(first);
      const failure = await failureOf(store({ data: {} }, { idempotencyKey: 'mine' }));
      expect(failure).toBeInstanceOf(client.IdempotencyKeyReusedError);
    });

    it('PayloadTooLargeError', async () => {
      const failure = await failureOf(store({ data: { a: 'x'.repeat(platform.bodyLimitBytes) } }));
      expect(failure).toBeInstanceOf(client.PayloadTooLargeError);
    });

    it('CancelledError', async () => {
      expect(await failureOf(store({}, { signal: AbortSignal.abort() }))).toBeInstanceOf(client.CancelledError);
    });
  });
}
