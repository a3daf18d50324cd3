// Limits of an API key: scopes, repositories and expiry.
import type { Scope } from '@rsolv/shared/contract/api-key';
import { beforeAll, describe, expect, it } from 'vitest';
import { goodBody, refusal } from './platform-under-test.ts';
import type { Calls, PlatformUnderTest } from './platform-under-test.ts';

export function describeKeyLimits(given: () => { platform: PlatformUnderTest; calls: Calls }): void {
  let platform: PlatformUnderTest;
  let calls: Calls;
  beforeAll(() => ({ platform, calls } = given()));

  describe('a key’s scope', () => {
    it.each<[Scope, number[]]>([
      ['phases:write', [200, 403, 403]],
      ['phases:read', [403, 200, 403]],
      ['manage', [403, 403, 200]],
    ])('%s allows only its own operations', async (scope, statuses) => {
      const customer = await platform.addCustomer({ scopes: [scope] });
      const { repo, commitSha: commit } = goodBody(customer);
      const answers = [
        await calls.store(customer, goodBody(customer)),
        await calls.retrieve(customer, { repo, commit }),
        await calls.request('/api/v1/keys', { headers: { 'x-api-key': customer.apiKey } }),
      ];
      expect(answers.map(({ status }) => status)).toEqual(statuses);
      for (const answer of answers.filter(({ status }) => status === 403)) {
        expect(refusal(answer)).toMatchObject({ code: 'SCOPE_MISSING' });
        expect(refusal(answer).message).toContain(`; it has ${scope}. Use a key with the scope `);
      }
    });
  });

  it('a key that is restricted to repositories may access only these, ignoring case', async () => {
    const namespace = 'Restricted';
    const customer = await platform.addCustomer({ namespace, repositories: ['github:restricted/demo'] });
    const statuses = ['Restricted/demo', 'RESTRICTED/Demo', 'Restricted/demo2', 'else/demo'].map(async (repo) => [
      (await calls.store(customer, goodBody(customer, { repo }))).status,
      (await calls.retrieve(customer, { repo, commit: 'abc' })).status,
    ]);
    expect((await Promise.all(statuses)).flat()).toEqual([200, 200, 200, 200, 403, 403, 403, 403]);
    const refused = refusal(await calls.store(customer, goodBody(customer, { repo: 'else/demo' })));
    expect(refused).toMatchObject({ code: 'REPOSITORY_NOT_ALLOWED' });
    expect(refused.message).toContain('may not access github:else/demo; it is restricted to github:restricted/demo.');
  });

  it('announces the expiry of a key 14 days ahead, also on refused requests', async () => {
    const inDays = (days: number) => new Date(Date.now() + days * 24 * 3_600_000);
    const announced = async (expiresAt: Date) => {
      const customer = await platform.addCustomer({ expiresAt });
      const answers = [
        await calls.store(customer, goodBody(customer)),
        await calls.store(customer, goodBody(customer, { repo: 'else/demo' })),
        await calls.store(customer, '{'),
        await calls.query(customer, 'whoami'),
      ];
      return answers.map(({ headers }) => headers.get('rsolv-key-expires'));
    };
    const [soon, later, past] = [inDays(13), inDays(15), inDays(-1)];
    expect(await announced(soon)).toEqual(Array(4).fill(soon.toISOString()));
    expect(await announced(later)).toEqual(Array(4).fill(null));
    expect(await announced(past)).toEqual(Array(4).fill(past.toISOString()));
  });
}
