// Retrieve by an abbreviated commit id.
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { expectRefusal } from './platform-under-test.ts';
import type { Calls, ContractCustomer, PlatformUnderTest } from './platform-under-test.ts';

const own = { validated: true };

export function describeShortCommitIds(given: () => { platform: PlatformUnderTest; calls: Calls }): void {
  let calls: Calls;
  let customer: ContractCustomer;
  let repo: string;
  let repositories = 0;
  beforeAll(async () => {
    ({ calls } = given());
    customer = await given().platform.addCustomer();
  });
  beforeEach(() => {
    repo = `${customer.namespace}/R${repositories++}`;
  });

  const put = (changes: object) => calls.storeGood(customer, { repo, ...changes });
  const get = (query: Record<string, string> = {}) => calls.retrieveGood(customer, { repo, ...query });
  const everyIssue = async (query: Record<string, string>) => {
    const { status, body } = await calls.retrieve(customer, { repo, ...query });
    expect(status).toBe(200);
    return body;
  };

  const [first, second] = ['692f480c9e'.padEnd(40, '1'), '692f480c9e'.padEnd(40, '2')];

  it.each(['692f480', '692F480C9E1', first.slice(0, 39)])(
    'finds the only commit that begins with %s',
    async (commit) => {
      await put({ phase: 'scan', commitSha: first, data: { at: 'first' } });
      await put({ commitSha: first, data: own });
      const found = { scan: { at: 'first' }, validation: { 'issue-42': own } };
      expect([await get({ commit }), await everyIssue({ commit })]).toEqual([found, found]);
    },
  );

  it('finds nothing of other repositories, of failed executions, or by less than seven digits', async () => {
    await put({ phase: 'scan', commitSha: first });
    await put({ phase: 'scan', commitSha: second, status: 'failed' });
    expect(await everyIssue({ commit: '692f480' })).toHaveProperty('scan');
    expect(await everyIssue({ commit: '692f48' })).toEqual({});
    expect(await everyIssue({ repo: `${repo}-other`, commit: '692f480' })).toEqual({});
  });

  it('finds what is stored under the abbreviated id itself', async () => {
    await put({ phase: 'scan', commitSha: first, data: { at: 'first' } });
    await put({ phase: 'scan', commitSha: '692f480', data: { at: 'short' } });
    expect(await everyIssue({ commit: '692f480' })).toEqual({ scan: { at: 'short' } });
  });

  it('names the commits that it may be', async () => {
    await put({ phase: 'scan', commitSha: second });
    await put({ phase: 'mitigation', commitSha: first });
    await put({ commitSha: '692f480-dirty' });
    const { message, paths } = expectRefusal(
      await calls.retrieve(customer, { repo, commitSha: '692f480' }),
      400,
      'INVALID_INPUT',
    );
    expect(paths).toEqual(['commitSha']);
    expect(message).toBe(`commitSha 692f480 is ambiguous: it stands for ${first}, ${second}; send more digits`);
    for (const end of '3456') await put({ commitSha: '692f480c9e'.padEnd(40, end) });
    const { message: many } = expectRefusal(
      await calls.retrieve(customer, { repo, commit: '692f480' }),
      400,
      'INVALID_INPUT',
    );
    expect(many).toMatch(/(?:[0-9a-f]{40}, ){4}[0-9a-f]{40} and others; send more digits$/);
  });
}
