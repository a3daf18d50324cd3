import { expect, it } from 'vitest';
import { findCustomer } from '../../src/accounts/find-customer.ts';
import { addForgeAccount } from '../../src/accounts/add-forge-account.ts';
import { request } from '@rsolv/test-harness/calls';
import { by } from '@rsolv/test-harness/key-ring';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();

const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

const whoami = async (headers: Record<string, string>) => {
  const { status, body } = await request(platform, '/api/v1/whoami', { headers });
  expect(status).toBe(200);
  return body;
};

it('returns the customer, the key and all forge accounts', async () => {
  const expiresAt = new Date(Date.now() + 3_600_000);
  const customer = await makeCustomer(platform, { namespace: 'Acme', expiresAt });
  await makeCustomer(platform, { namespace: 'somebody-else' });
  const em = platform.database.fork();
  const owner = await findCustomer(em, customer.id);
  await addForgeAccount(em, { customer: owner, forge: 'github', namespace: 'Beta' }, by);

  const expected = {
    customer: { id: customer.id, name: customer.name },
    apiKey: {
      id: customer.apiKeyId,
      name: 'test',
      lastFour: customer.apiKey.slice(-4),
      createdAt: iso,
      expiresAt: expiresAt.toISOString(),
      scopes: ['phases:read', 'phases:write'],
      repositories: null,
      rotatedFrom: null,
      lastUsedAt: null,
      revokedAt: null,
    },
    forgeAccounts: [
      {
        id: expect.any(String),
        forge: 'github',
        namespace: 'Acme',
        verified: true,
        verifiedAt: iso,
        verifiedBy: 'operator',
      },
      {
        id: expect.any(String),
        forge: 'github',
        namespace: 'Beta',
        verified: false,
        verifiedAt: null,
        verifiedBy: null,
      },
    ],
  };
  expect(await whoami({ 'x-api-key': customer.apiKey })).toEqual(expected);
  expect(await whoami({ authorization: `Bearer ${customer.apiKey}` })).toEqual(expected);
});

it('returns null and an empty list without expiry and forge accounts', async () => {
  const { apiKey } = await makeCustomer(platform, { account: 'none', expiresAt: null });
  expect(await whoami({ 'x-api-key': apiKey })).toMatchObject({ apiKey: { expiresAt: null }, forgeAccounts: [] });
});

it('never returns the key or its hash', async () => {
  const { apiKey } = await makeCustomer(platform);
  const text = JSON.stringify(await whoami({ 'x-api-key': apiKey }));
  expect(text).not.toContain(apiKey.slice(0, -4));
  expect(text).not.toContain('ash');
});
