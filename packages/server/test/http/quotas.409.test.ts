// The quotas of valid API keys and forge accounts hold for concurrent requests too.
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { expectError, request, type Answer } from '@rsolv/test-harness/calls';
import { fillQuotas } from '@rsolv/test-harness/fill-quotas';
import { makeCustomer, testPlatform, type TestCustomer } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const { kysely } = platform.database;

const call = ({ apiKey }: TestCustomer, path: string, body?: object): Promise<Answer> =>
  request(platform, path, {
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });

const statusesOf = (answers: readonly Answer[]) => answers.map(({ status }) => status).toSorted((a, b) => a - b);

const list = z.object({
  keys: z.array(z.object({ id: z.string(), revokedAt: z.string().nullable() })),
  nextCursor: z.string().nullable(),
});

it('returns 409 beyond 1,000 valid API keys', async () => {
  const customer = await makeCustomer(platform, { scopes: ['manage'] });
  await fillQuotas(platform, customer, { keys: 998, revokedKeys: 100 });

  const answers = await Promise.all([1, 2, 3, 4].map(() => call(customer, '/api/v1/keys', { name: 'one more' })));
  expect(statusesOf(answers)).toEqual([201, 409, 409, 409]);
  const [refused] = z
    .tuple([z.custom<Answer>()])
    .rest(z.unknown())
    .parse(answers.filter(({ status }) => status === 409));
  expect(expectError(refused, 409, 'CONFLICT').message).toContain('quota of 1000 valid API keys');

  const keys: z.output<typeof list>['keys'] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = list.parse((await call(customer, `/api/v1/keys?limit=700${cursor}`)).body);
    keys.push(...page.keys);
    cursor = page.nextCursor && `&cursor=${page.nextCursor}`;
  }
  expect(keys.filter(({ revokedAt }) => revokedAt === null)).toHaveLength(1000);
  expect(new Set(keys.map(({ id }) => id)).size).toBe(1100);

  expectError(await call(customer, `/api/v1/keys/${customer.apiKeyId}/rotate`, {}), 409, 'CONFLICT');
  await sql`update api_keys set revoked_at = now() where customer_id = ${customer.id} and scopes = '{}'`.execute(
    kysely,
  );
  expect(await call(customer, '/api/v1/keys', {})).toMatchObject({ status: 201 });
});

it('returns 409 beyond 1,000 forge accounts', async () => {
  const customer = await makeCustomer(platform, { scopes: ['manage'] });
  await fillQuotas(platform, customer, { forgeAccounts: 998 });
  const claim = (namespace: string) => call(customer, '/api/v1/forge-accounts', { namespace });
  const answers = await Promise.all(['a', 'b', 'c'].map((name) => claim(`${customer.namespace}-${name}`)));
  expect(statusesOf(answers)).toEqual([201, 409, 409]);
  const [refused] = z
    .tuple([z.custom<Answer>()])
    .rest(z.unknown())
    .parse(answers.filter(({ status }) => status === 409));
  expect(expectError(refused, 409, 'CONFLICT').message).toContain('quota of 1000 forge accounts');
  // One that it has may be verified once more.
  expect(await claim(customer.namespace)).toMatchObject({ status: 201 });
});

it('limits the repositories of a key, so that a list of keys stays small', async () => {
  const customer = await makeCustomer(platform, { scopes: ['manage'] });
  const repositories = Array.from({ length: 50 }, (_, number) => `gitlab:acme/${'x'.repeat(240)}${number}`);
  const { details } = expectError(await call(customer, '/api/v1/keys', { repositories }), 400, 'INVALID_INPUT');
  expect(details).toEqual([{ path: 'repositories', message: 'must have at most 10000 characters in total' }]);
});
