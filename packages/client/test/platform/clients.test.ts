// Both clients against the real application.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';
import type { TestCustomer } from '@rsolv/test-harness/platform';
import * as client from '../../src/index.ts';
import { commitSha, scan } from '../harness/scan.ts';
import { enterWorkspace, type Workspace } from '../harness/workspace.ts';

const platform = await testPlatform();
let customer: TestCustomer;
let repo: string;
let workspace: Workspace;

beforeEach(async () => {
  workspace = await enterWorkspace();
  customer = await makeCustomer(platform);
  repo = `${customer.namespace}/demo`;
});
afterEach(() => workspace[Symbol.asyncDispose]());

const typed = (options: client.ClientOptions = {}) =>
  client.createClient({ apiKey: customer.apiKey, baseUrl: platform.url, retryDelayMs: () => 0, ...options });
const action = (options: client.TransportOptions = {}) =>
  new client.PhaseDataClient(customer.apiKey, platform.url, { retryDelayMs: () => 0, ...options });

/** Lets the request through and then loses its answer, as a connection that dies does. */
const losingAnswers = (times: number): client.Fetch => {
  let left = times;
  return async (url, init) => {
    const answer = await fetch(url, init);
    if (left-- > 0) throw new TypeError('the connection died');
    return answer;
  };
};

const countScans = async () => {
  const rows = await platform.database.kysely
    .selectFrom('scan_executions')
    .where('customer_id', '=', customer.id)
    .select('id')
    .execute();
  return rows.length;
};

describe('PhaseDataClient', () => {
  it('carries three phases from one step to the next', async () => {
    const metadata = { repo, issueNumber: 42, commitSha };
    const validate = { 'issue-42': { validated: true } };
    expect(await action().storePhaseResults('scan', { scan }, { repo, commitSha, branch: 'main' })).toMatchObject({
      storage: 'platform',
      phase: 'scan',
      id: expect.stringMatching(/^[\w-]{36}$/),
    });
    await action().storePhaseResults('validate', { validate }, metadata);
    const known = await action().retrievePhaseResults(repo, 42, commitSha);
    expect(known).toEqual({ scan, validate, validation: validate });
    await action().storePhaseResults('mitigate', { mitigate: { 42: { prUrl: 'https://forge/pull/7' } } }, metadata);
    expect(await action().retrievePhaseResults(repo, undefined, commitSha)).toMatchObject({
      scan,
      validate,
      mitigate: { 'issue-42': { pr_number: 7 } },
    });
  });

  it('stores once, however often the answer is lost, and packs what is large', async () => {
    const large = { scan: { vulnerabilities: Array.from({ length: 2000 }, (_, line) => ({ type: 'xss', line })) } };
    const result = await action({ fetch: losingAnswers(2) }).storePhaseResults('scan', large, { repo, commitSha });
    expect(result).toMatchObject({ storage: 'platform' });
    expect(await countScans()).toBe(1);
    expect(await action().retrievePhaseResults(repo, undefined, commitSha)).toEqual(large);
  });

  it('stores once, also where the answer was lost for good and the kept result is sent later', async () => {
    const lost = action({ fetch: losingAnswers(9), logger: { debug: () => {}, warn: () => {} } });
    expect(await lost.storePhaseResults('scan', { scan }, { repo, commitSha })).toMatchObject({ storage: 'local' });
    expect(await action().sendUnsentResults()).toEqual({ sent: 1, left: 0, failures: [] });
    expect(await countScans()).toBe(1);
    expect(await workspace.onlyFile()).toMatchObject({ sentAt: expect.any(String) });
  });

  it('hides nothing that was stored since by what it sends later', async () => {
    const away: client.Fetch = () => Promise.reject(new TypeError('away'));
    const metadata = { repo, issueNumber: 42, commitSha };
    const older = { validate: { 42: { validated: false } } };
    const logger = { debug: () => {}, warn: () => {} };
    await action({ fetch: away, maxRetries: 0, logger }).storePhaseResults('validate', older, metadata);
    await action().storePhaseResults('validate', { validate: { 42: { validated: true } } }, metadata);
    expect(await workspace.onlyFile()).toMatchObject({ sentAt: expect.any(String) });
    const validation = { 'issue-42': { validated: true } };
    expect(await action().retrievePhaseResults(repo, 42, commitSha)).toEqual({ validation, validate: validation });
  });

  it('carries phases of a project in a subgroup on GitLab', async () => {
    const { apiKey } = await makeCustomer(platform, { namespace: 'group', forge: 'gitlab' });
    const onGitLab = new client.PhaseDataClient(apiKey, platform.url);
    const metadata = { forge: 'gitlab', repo: 'group/sub/demo', commitSha } as const;
    expect(await onGitLab.storePhaseResults('scan', { scan }, metadata)).toMatchObject({ storage: 'platform' });
    const found = await onGitLab.retrievePhaseResults('Group/Sub/demo', undefined, commitSha, { forge: 'gitlab' });
    expect(found).toEqual({ scan });
    const calls = typed({ apiKey }).phases;
    expect(await calls.retrieve.query({ forge: 'gitlab', repo: 'group/sub/demo', commit: commitSha })).toEqual({
      scan,
    });
    const elsewhere = calls.store.mutate({ phase: 'scan', forge: 'gitlab', repo: 'group2/demo', commitSha, data: {} });
    await expect(elsewhere).rejects.toThrow(client.ForgeAccountMissingError);
    await expect(elsewhere).rejects.toThrow('no gitlab forge account for "group2"');
  });

  it('says which forge account is missing', async () => {
    const warnings: string[] = [];
    const logger = { debug: () => {}, warn: (message: string) => warnings.push(message) };
    await action({ logger }).storePhaseResults('scan', { scan }, { repo: 'strangers/demo', commitSha });
    expect(warnings.join()).toMatch(/has no github forge account for "strangers"/);
  });
});

describe('createClient', () => {
  const store = (made: client.Client, options?: client.MutationOptions) =>
    made.phases.store.mutate({ phase: 'scan', repo, commitSha, data: scan }, options);

  it('stores, retrieves, and tells who calls, with dates as dates', async () => {
    const { id, phase } = await store(typed());
    expect({ id, phase }).toEqual({ id: expect.stringMatching(/^[\w-]{36}$/), phase: 'scan' });
    expect(await typed().phases.retrieve.query({ repo, commit: commitSha })).toEqual({ scan });
    const { apiKey, forgeAccounts } = await typed().whoami.query();
    expect(apiKey.createdAt).toBeInstanceOf(Date);
    expect(forgeAccounts).toMatchObject([{ namespace: customer.namespace, verified: true }]);
  });

  it('takes key and address from the environment', async () => {
    Object.assign(process.env, { RSOLV_API_KEY: customer.apiKey, RSOLV_API_URL: platform.url });
    expect(await client.createClient().whoami.query()).toMatchObject({ customer: { name: customer.name } });
    process.env['RSOLV_API_KEY'] = '';
    expect(() => client.createClient()).toThrow(client.ConfigurationError);
  });

  it('stores once, however often the answer is lost', async () => {
    await store(typed({ fetch: losingAnswers(2) }));
    expect(await countScans()).toBe(1);
  });

  it('stores once under a key of the caller’s, and refuses another store under it', async () => {
    const first = await store(typed(), { idempotencyKey: 'mine' });
    expect(await store(typed(), { idempotencyKey: 'mine' })).toEqual(first);
    const other = { phase: 'scan', repo, commitSha, data: {} } as const;
    await expect(typed().phases.store.mutate(other, { idempotencyKey: 'mine' })).rejects.toThrow(
      client.IdempotencyKeyReusedError,
    );
  });

  it('tells nothing stored yet from a failure', async () => {
    expect(await typed().phases.retrieve.query({ repo, commit: commitSha })).toEqual({});
    const away = typed({ fetch: () => Promise.reject(new TypeError('away')), maxRetries: 0 });
    await expect(away.phases.retrieve.query({ repo, commit: commitSha })).rejects.toThrow(client.ConnectionError);
  });

  it('rejects with the class of the cause, with all that the platform says', async () => {
    await expect(typed({ apiKey: 'unknown' }).whoami.query()).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'API_KEY_UNKNOWN',
      status: 401,
      retryable: false,
      requestId: expect.stringMatching(/./),
    });
    // @ts-expect-error -- a validation belongs to an issue
    const wrong = typed().phases.store.mutate({ phase: 'validation', repo, commitSha, data: {} });
    await expect(wrong).rejects.toThrow(client.InvalidRequestError);
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_INPUT', details: [{ path: 'issueNumber' }] });
    const denied = typed().phases.retrieve.query({ repo: 'strangers/demo', commit: commitSha });
    await expect(denied).rejects.toThrow(client.ForgeAccountMissingError);
    await expect(denied).rejects.toThrow('"strangers"');
    const { apiKey } = await makeCustomer(platform, { namespace: 'unverified', account: 'unverified' });
    const unverified = typed({ apiKey }).phases.retrieve.query({ repo: 'unverified/demo', commit: commitSha });
    await expect(unverified).rejects.toThrow(client.ForgeAccountUnverifiedError);
  });

  it('administers the customer, and tells what is not there from what is there already', async () => {
    const { apiKey } = await makeCustomer(platform, { scopes: ['manage'] });
    const manager = typed({ apiKey });
    const { id, expiresAt } = await manager.keys.create.mutate({ name: 'ci', scopes: ['phases:read'] });
    expect(expiresAt).toBeInstanceOf(Date);
    expect(await manager.keys.list.query()).toMatchObject({ keys: [{ id }, { name: 'test' }] });
    await manager.keys.revoke.mutate({ id });
    await expect(manager.keys.rotate.mutate({ id })).rejects.toThrow(client.ConflictError);
    await expect(manager.keys.revoke.mutate({ id: 'nothing' })).rejects.toThrow(client.RecordNotFoundError);
    const account = { namespace: 'administered' };
    const { verification } = await manager.forgeAccounts.add.mutate(account);
    expect(verification.expiresAt).toBeInstanceOf(Date);
    await expect(typed().keys.list.query()).rejects.toThrow(client.AccessDeniedError);
  });

  it('ends with its signal', async () => {
    const ended = typed().whoami.query(undefined, { signal: AbortSignal.abort() });
    await expect(ended).rejects.toThrow(client.CancelledError);
  });

  it('is no promise', async () => {
    const made = typed();
    expect(await Promise.resolve(made)).toBe(made);
  });

  it('tells an address that is not the platform', async () => {
    const fetch = () => Promise.resolve(Response.json({ hello: 'world' }));
    await expect(typed({ fetch }).whoami.query()).rejects.toThrow(client.UnexpectedAnswerError);
  });
});
