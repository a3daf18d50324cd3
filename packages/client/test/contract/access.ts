// Authentication (401 before any other check), access control by namespace (403 with a remedy), and whoami.
import type { ErrorCode } from '@rsolv/shared/errors/error-code';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, goodBody, refusal, trpcRefusal } from './platform-under-test.ts';
import type { Calls, ContractCustomer, PlatformUnderTest } from './platform-under-test.ts';

export function describeAccess(given: () => { platform: PlatformUnderTest; calls: Calls }): void {
  let platform: PlatformUnderTest;
  let calls: Calls;
  beforeAll(() => ({ platform, calls } = given()));

  describe('an invalid API key', () => {
    const keys: Record<string, [ErrorCode, () => Promise<{ apiKey: string }>]> = {
      'that is empty': ['API_KEY_MISSING', async () => ({ apiKey: ' ' })],
      'that is unknown': ['API_KEY_UNKNOWN', async () => ({ apiKey: 'rsolv_unknown' })],
      'in another letter case': [
        'API_KEY_UNKNOWN',
        async () => ({ apiKey: (await platform.addCustomer()).apiKey.toUpperCase() }),
      ],
      'that was revoked': [
        'API_KEY_REVOKED',
        async () => {
          const customer = await platform.addCustomer();
          await platform.revokeKey(customer);
          return customer;
        },
      ],
      'that has expired': ['API_KEY_EXPIRED', () => platform.addCustomer({ expiresAt: new Date(Date.now() - 1000) })],
      'of an inactive customer': [
        'CUSTOMER_INACTIVE',
        async () => {
          const customer = await platform.addCustomer();
          await platform.setActive(customer, false);
          return customer;
        },
      ],
    };

    it.each(Object.entries(keys))('%s is rejected before the input is validated', async (_name, [code, make]) => {
      const customer = await make();
      const wrong = [
        await calls.store(customer, '{'),
        await calls.store(customer, {}),
        await calls.store(customer, '{}', { 'content-type': 'text/plain' }),
        await calls.store(customer, 'x'.repeat(platform.bodyLimitBytes + 1)),
        await calls.store(customer, goodBody({ namespace: 'strangers' })),
        await calls.store(customer, goodBody({ namespace: 'strangers' }), { 'idempotency-key': 'a b' }),
        await calls.retrieve(customer, {}),
        await calls.retrieve(customer, { repo: 'strangers/demo', commit: 'abc' }),
        await calls.request('/api/v1/whoami', { headers: { 'x-api-key': customer.apiKey } }),
      ];
      const messages = wrong.map((answer) => {
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
        return expectRefusal(answer, 401, code).message;
      });
      expect(new Set(messages).size).toBe(1);
      for (const answer of [
        await calls.mutate(customer, 'phases.store', ['{']),
        await calls.mutate(customer, 'phases.store', [{}]),
        await calls.query(customer, 'phases.retrieve', {}),
        await calls.query(customer, 'whoami'),
      ]) {
        expect(trpcRefusal(answer)).toMatchObject({ status: 401, code, name: 'UNAUTHORIZED', message: messages[0] });
      }
    });

    it('is valid again after its customer is activated', async () => {
      const customer = await platform.addCustomer();
      await platform.setActive(customer, false);
      const whileInactive = await calls.store(customer, goodBody(customer));
      await platform.setActive(customer, true);
      expect(refusal(whileInactive)).toMatchObject({ status: 401, code: 'CUSTOMER_INACTIVE' });
      expect(await calls.store(customer, goodBody(customer))).toMatchObject({ status: 200 });
    });
  });

  it.each([
    ['X-API-KEY', (key: string) => ({ 'X-API-KEY': key })],
    ['x-api-key with surrounding spaces', (key: string) => ({ 'x-api-key': `  ${key} ` })],
    ['Authorization: Bearer', (key: string) => ({ Authorization: `Bearer ${key}` })],
    ['authorization: bearer', (key: string) => ({ authorization: `bearer ${key}` })],
    ['Bearer with an empty x-api-key', (key: string) => ({ 'x-api-key': '', authorization: `Bearer ${key}` })],
    [
      'x-api-key, which takes precedence over Bearer',
      (key: string) => ({ 'x-api-key': key, authorization: 'Bearer other' }),
    ],
  ])('accepts an API key as %s', async (_name, headers) => {
    const { apiKey } = await platform.addCustomer();
    expect(await calls.request('/api/v1/whoami', { headers: headers(apiKey) })).toMatchObject({ status: 200 });
  });

  describe('a namespace', () => {
    /** Expects the same refusal from both APIs and returns it. */
    async function refused(customer: ContractCustomer, repo: string, operation: 'store' | 'retrieve') {
      const input = goodBody(customer, { repo });
      const query = { repo, commit: 'abc' };
      const [rest, trpc] =
        operation === 'store'
          ? [await calls.store(customer, input), await calls.mutate(customer, 'phases.store', [input])]
          : [await calls.retrieve(customer, query), await calls.query(customer, 'phases.retrieve', query)];
      const { status, code, message } = refusal(rest);
      expect(trpcRefusal(trpc)).toMatchObject({ status, code, message, name: 'FORBIDDEN', number: -32003 });
      return { status, code, message };
    }

    it.each(['store', 'retrieve'] as const)(
      'without a forge account is refused with a remedy: %s',
      async (operation) => {
        const customer = await platform.addCustomer({ account: 'none' });
        const { status, code, message } = await refused(customer, 'Acme/demo', operation);
        expect({ status, code }).toEqual({ status: 403, code: 'FORGE_ACCOUNT_MISSING' });
        const account = `--customer "${customer.name}" --forge github --namespace Acme`;
        expect(message).toBe(
          `Customer "${customer.name}" has no github forge account for "Acme". It has no forge accounts yet. Add it with ` +
            "POST /api/v1/forge-accounts and verify it from a workflow, or ask the platform's operator to run " +
            `\`rsolv forge add ${account}\` and \`rsolv forge verify ${account}\`. ` +
            'For a new embedded server, RSOLV_NAMESPACE names the namespace that its first customer gets.',
        );
      },
    );

    it.each(['store', 'retrieve'] as const)(
      'of another customer is refused, with a list of the caller’s own: %s',
      async (operation) => {
        const other = await platform.addCustomer();
        const customer = await platform.addCustomer();
        await platform.addForgeAccount(customer, `${customer.namespace}-2`);
        const { status, code, message } = await refused(customer, `${other.namespace}/demo`, operation);
        expect({ status, code }).toEqual({ status: 403, code: 'FORGE_ACCOUNT_MISSING' });
        expect(message).toContain(`It has github ${customer.namespace}, github ${customer.namespace}-2 (unverified).`);
      },
    );

    it.each(['store', 'retrieve'] as const)('that is not verified is refused: %s', async (operation) => {
      const customer = await platform.addCustomer({ account: 'unverified' });
      const { status, code, message } = await refused(customer, `${customer.namespace.toUpperCase()}/demo`, operation);
      expect({ status, code }).toEqual({ status: 403, code: 'FORGE_ACCOUNT_UNVERIFIED' });
      expect(message).toContain(`rsolv forge verify --customer "${customer.name}" --forge github --namespace`);
    });

    it('that only shares a prefix with the customer’s own is refused', async () => {
      const customer = await platform.addCustomer({ namespace: 'acme' });
      for (const namespace of ['acme2', 'acm', 'acme_', '0acme']) {
        const answer = await calls.store(customer, goodBody(customer, { repo: `${namespace}/demo` }));
        expectRefusal(answer, 403, 'FORGE_ACCOUNT_MISSING');
      }
      expect(await platform.seen(customer)).toEqual([]);
    });
  });

  it('whoami returns customer, key and forge accounts, with times as text over REST and as Dates over tRPC', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000);
    const customer = await platform.addCustomer({ expiresAt });
    await platform.addForgeAccount(customer, `${customer.namespace}-2`);
    const uuid = expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    const common = { id: uuid, forge: 'github' };
    const expected = (time: unknown, expiry: unknown) => ({
      customer: { id: uuid, name: customer.name },
      apiKey: {
        id: uuid,
        name: 'test',
        lastFour: customer.apiKey.slice(-4),
        scopes: ['phases:read', 'phases:write'],
        repositories: null,
        rotatedFrom: null,
        createdAt: time,
        expiresAt: expiry,
        // The platform updates it about once a minute.
        lastUsedAt: expect.toBeOneOf([null, time]),
        revokedAt: null,
      },
      forgeAccounts: [
        { ...common, namespace: customer.namespace, verified: true, verifiedAt: time, verifiedBy: 'operator' },
        { ...common, namespace: `${customer.namespace}-2`, verified: false, verifiedAt: null, verifiedBy: null },
      ],
    });
    const rest = await calls.request('/api/v1/whoami', { headers: { 'x-api-key': customer.apiKey } });
    expect(rest.body).toEqual(
      expected(expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/), expiresAt.toISOString()),
    );
    expect(await calls.typed(customer).whoami.query()).toEqual(expected(expect.any(Date), expiresAt));
  });
}
