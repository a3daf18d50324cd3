// Stores that update the execution that they name.
import { beforeAll, expect, it } from 'vitest';
import { goodBody } from './platform-under-test.ts';
import type { Calls, ContractCustomer, PlatformUnderTest } from './platform-under-test.ts';

export function describeUpdates(given: () => { platform: PlatformUnderTest; calls: Calls }): void {
  let platform: PlatformUnderTest;
  let calls: Calls;
  let customer: ContractCustomer;
  beforeAll(async () => {
    ({ platform, calls } = given());
    customer = await platform.addCustomer();
  });

  const commit = { commitSha: 'feed' };
  const start = (changes: object = {}) =>
    calls.storeGood(customer, { status: 'running', data: {}, ...commit, ...changes });
  const end = (executionId: string, changes: object = {}, headers: object = {}) =>
    calls.store(customer, goodBody(customer, { ...commit, executionId, ...changes }), headers);

  it('so that its run and its end are one execution', async () => {
    const id = await start({ startedAt: '2026-01-31T12:00:00Z' });
    expect(await calls.retrieveGood(customer, { commit: 'feed' })).toEqual({});
    expect(await end(id, { data: { validated: true } })).toMatchObject({ status: 200, body: { id } });
    const { executions } = await calls.typed(customer).executions.list.query({ commit: 'feed', phase: 'validation' });
    expect(executions).toMatchObject([
      { id, status: 'completed', validated: true, startedAt: new Date('2026-01-31T12:00:00Z') },
    ]);
    expect(await calls.retrieveGood(customer, { commit: 'feed' })).toEqual({
      validation: { 'issue-42': { validated: true } },
    });
  });

  it('from pending to running to failed, and keeps the branch of a scan', async () => {
    const scan = { phase: 'scan', repo: `${customer.namespace}/steps` };
    const id = await start({ ...scan, status: 'pending', branch: 'main' });
    expect(await end(id, { ...scan, status: 'running', data: {} })).toMatchObject({ status: 200 });
    expect(await end(id, { ...scan, status: 'failed', errorMessage: 'out of memory', data: {} })).toMatchObject({
      status: 200,
    });
    expect(await calls.typed(customer).executions.show.query({ id })).toMatchObject({
      status: 'failed',
      branch: 'main',
      errorMessage: 'out of memory',
      startedAt: expect.any(Date),
      completedAt: expect.any(Date),
    });
  });

  it('once, where it is sent again with the same idempotency key', async () => {
    const id = await start();
    const key = { 'idempotency-key': `end-${id}` };
    expect(await end(id, {}, key)).toMatchObject({ status: 200, body: { id } });
    const again = await end(id, {}, key);
    expect(again).toMatchObject({ status: 200, body: { id } });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('but none that has ended, and reserves no idempotency key for it', async () => {
    const id = await start();
    expect(await end(id)).toMatchObject({ status: 200 });
    for (const _ of [1, 2]) {
      const refused = await end(id, {}, { 'idempotency-key': `late-${id}` });
      expect(refused).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } });
      expect(JSON.stringify(refused.body)).toContain('already ended, with the status completed');
    }
    expect(await calls.storeGood(customer, commit, { 'idempotency-key': `late-${id}` })).not.toBe(id);
  });

  it.each([
    ['another issue', { issueNumber: 43 }],
    ['another phase', { phase: 'mitigation' }],
    ['another repository', { repo: 'elsewhere' }],
  ])('but none of %s', async (_name, changes) => {
    const id = await start();
    const repo = 'repo' in changes ? { repo: `${customer.namespace}/${changes.repo}` } : {};
    const refused = await end(id, { ...changes, ...repo });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } });
    expect(await end(id)).toMatchObject({ status: 200 });
  });

  it('but none of another customer, and none that does not exist', async () => {
    const stranger = await platform.addCustomer();
    const id = await calls.storeGood(stranger, { status: 'running', data: {} });
    for (const unknown of [id, '0199a2b4-5c3e-7d10-8f6a-3b2c1d0e9f88']) {
      expect(await end(unknown)).toMatchObject({ status: 404, body: { error: { code: 'RECORD_NOT_FOUND' } } });
    }
    expect(await end('no-uuid')).toMatchObject({
      status: 400,
      body: { error: { details: [{ path: 'executionId' }] } },
    });
  });

  it('also one that is stale: it did not end within six hours', async () => {
    const at = (hours: number) => new Date(Date.now() - hours * 60 * 60_000).toISOString();
    const old = await start({ commitSha: 'old', startedAt: at(6.1) });
    const young = await start({ commitSha: 'old', startedAt: at(5.9) });
    const listed = async (status: 'running' | 'stale') => {
      const { executions } = await calls.typed(customer).executions.list.query({ commit: 'old', status });
      return executions;
    };
    expect(await listed('running')).toMatchObject([{ id: young, status: 'running', errorMessage: null }]);
    const errorMessage = expect.stringContaining('Still running after 6 hours: no end was stored.');
    expect(await listed('stale')).toMatchObject([{ id: old, status: 'stale', errorMessage }]);
    expect(await calls.typed(customer).executions.show.query({ id: old })).toMatchObject({ status: 'stale' });
    expect(await end(old, { commitSha: 'old' })).toMatchObject({ status: 200 });
    expect(await listed('stale')).toEqual([]);
  });
}
