// API keys: how they are stored, when they expire, and when they were used.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeKeyRing } from '../../src/access/key-ring.ts';
import { KeyUses } from '../../src/access/key-use.ts';
import { makeSecret } from '../../src/access/secret.ts';
import { authenticate } from '../../src/access/authenticate.ts';
import { importKey } from '../../src/accounts/create-key.ts';
import { findCustomer } from '../../src/accounts/find-customer.ts';
import { ApiKeyUnknownError } from '@rsolv/shared/errors/access-errors';
import { ConflictError, InvalidInputError } from '@rsolv/shared/errors/platform-error';
import { expectError, goodBody, request, retrieve, store } from '@rsolv/test-harness/calls';
import { by, principalWith, keyRing, testPeppers } from '@rsolv/test-harness/key-ring';
import { makeCustomer, startTestPlatform, testPlatform, type TestCustomer } from '@rsolv/test-harness/platform';

const platform = await testPlatform();

const whoami = ({ apiKey }: Pick<TestCustomer, 'apiKey'>) =>
  request(platform, '/api/v1/whoami', { headers: { 'x-api-key': apiKey } });
const rowOf = ({ apiKeyId }: TestCustomer) =>
  platform.database.kysely.selectFrom('api_keys').selectAll().where('id', '=', apiKeyId).executeTakeFirstOrThrow();
const setHash = ({ apiKeyId }: TestCustomer, hash: Buffer) =>
  platform.database.kysely.updateTable('api_keys').set({ key_hash: hash }).where('id', '=', apiKeyId).execute();

it('refuses a key with a wrong checksum without querying the database', async () => {
  const away = await startTestPlatform();
  const { apiKey } = await makeCustomer(away);
  await away.database.close();
  const typo = apiKey.slice(0, -1) + (apiKey.endsWith('x') ? 'y' : 'x');
  const answer = await request(away, '/api/v1/whoami', { headers: { 'x-api-key': typo } });
  expect(expectError(answer, 401, 'API_KEY_UNKNOWN').message).toMatch(/^Unknown API key: its checksum does not match/);
  await away[Symbol.asyncDispose]();
});

describe('the last 14 days of a key', () => {
  const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * 60_000);

  it('are announced by a header in every response', async () => {
    const expiresAt = inDays(13);
    const customer = await makeCustomer(platform, { expiresAt });
    const { repo, commitSha } = goodBody(customer);
    const answers = [
      await whoami(customer),
      await store(platform, customer, goodBody(customer)),
      await store(platform, customer, goodBody(customer, { repo: 'else/demo' })),
      await retrieve(platform, customer, { repo, commit: commitSha }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 403, 200]);
    for (const { headers } of answers) expect(headers.get('rsolv-key-expires')).toBe(expiresAt.toISOString());
  });

  it('do not break a streamed batch, whose headers are sent before its calls end', async () => {
    const { apiKey } = await makeCustomer(platform, { expiresAt: inDays(13) });
    const headers = { 'x-api-key': apiKey, 'trpc-accept': 'application/jsonl' };
    const response = await fetch(new URL('/trpc/whoami,whoami?batch=1&input=%7B%7D', platform.url), { headers });
    const lines = await response.text();
    expect({ status: response.status, type: response.headers.get('content-type') }).toEqual({
      status: 200,
      type: 'application/json',
    });
    expect(lines.match(/"lastFour"/g)).toHaveLength(2);
    expect(lines).not.toContain('INTERNAL');
  });

  it('have no header if the key expires later or never', async () => {
    for (const options of [{ expiresAt: inDays(15) }, {}]) {
      const { headers } = await whoami(await makeCustomer(platform, options));
      expect(headers.get('rsolv-key-expires')).toBeNull();
    }
  });
});

describe('peppers', () => {
  it('accept an older pepper, and rehash the key with the newest one when it is used', async () => {
    const customer = await makeCustomer(platform);
    await setHash(customer, makeKeyRing([testPeppers[1]]).hash(customer.apiKey));
    expect(await whoami(customer)).toMatchObject({ status: 200 });
    await platform.keyUses.write(platform.database.kysely);
    expect(Buffer.from((await rowOf(customer)).key_hash)).toEqual(keyRing.hash(customer.apiKey));
    expect(await whoami(customer)).toMatchObject({ status: 200 });
  });

  it('accept a key that was stored without a pepper, and rehash it', async () => {
    const customer = await makeCustomer(platform);
    await setHash(customer, createHash('sha256').update(customer.apiKey).digest());
    expect(await store(platform, customer, goodBody(customer))).toMatchObject({ status: 200 });
    await platform.keyUses.write(platform.database.kysely);
    expect(Buffer.from((await rowOf(customer)).key_hash)).toEqual(keyRing.hash(customer.apiKey));
  });

  it('can be rotated while several servers run, if all of them know the next one first', async () => {
    const { apiKey } = await makeCustomer(platform);
    const { kysely } = platform.database;
    /** A server with these peppers authenticates the key, and writes that it was used. */
    const show = async (peppers: readonly [string, ...string[]]) => {
      const uses = new KeyUses();
      uses.note(await authenticate(kysely, principalWith(apiKey, makeKeyRing([...peppers]))));
      await uses.write(kysely);
    };
    const [old] = testPeppers;
    const next = 'the next pepper of this one test';
    for (const servers of [
      [[old], [old, next], [old]],
      [
        [old, next],
        [next, old],
        [old, next],
      ],
      [[next, old], [next], [next, old]],
    ] as const) {
      for (const peppers of servers) await show(peppers);
    }
    // In one step it would not be so: who doesn't know the next pepper doesn't know the key any more.
    await expect(show([old])).rejects.toThrow(ApiKeyUnknownError);
  });

  it('refuse a key whose pepper is no longer configured', async () => {
    const customer = await makeCustomer(platform);
    await setHash(customer, makeKeyRing(['forgotten']).hash(customer.apiKey));
    expect(expectError(await whoami(customer), 401, 'API_KEY_UNKNOWN').message).toContain('Unknown API key');
  });

  it('refuse to import a key twice, whatever the pepper', async () => {
    const em = platform.database.fork();
    const customer = await findCustomer(em, (await makeCustomer(platform)).id);
    const key = { by, customer, name: 'twice', secret: 'a key from elsewhere, twice' };
    await importKey(em, makeKeyRing([testPeppers[1]]), key);
    await expect(importKey(em, keyRing, key)).rejects.toBeInstanceOf(ConflictError);
  });

  it('imports a key once for concurrent requests', async () => {
    const { id } = await makeCustomer(platform);
    const attempts = [1, 2].map(async () => {
      const em = platform.database.fork();
      const customer = await findCustomer(em, id);
      return importKey(em, keyRing, { by, customer, name: 'at once', secret: 'a key from elsewhere, at once' });
    });
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const refused = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(refused?.reason).toBeInstanceOf(ConflictError);
  });

  it('refuses to import a mistyped key', async () => {
    const em = platform.database.fork();
    const customer = await findCustomer(em, (await makeCustomer(platform)).id);
    const attempt = importKey(em, keyRing, { by, customer, name: 'typo', secret: `rsolv_${'0'.repeat(49)}` });
    await expect(attempt).rejects.toBeInstanceOf(InvalidInputError);
  });
});

it('refuses to import a key with the prefix of workflow keys', async () => {
  const em = platform.database.fork();
  const customer = await findCustomer(em, (await makeCustomer(platform)).id);
  const attempt = importKey(em, keyRing, { customer, by, name: 'workflow', secret: makeSecret('rsolvw_') });
  await expect(attempt).rejects.toBeInstanceOf(InvalidInputError);
});

describe('the time of the last use', () => {
  it('is written in batches and never moves back', async () => {
    const [one, two, unused] = [
      await makeCustomer(platform),
      await makeCustomer(platform),
      await makeCustomer(platform),
    ];
    for (const customer of [one, two, one]) await whoami(customer);
    expect(await rowOf(one)).toMatchObject({ last_used_at: null });
    const before = Date.now();
    await platform.keyUses.write(platform.database.kysely);
    for (const customer of [one, two]) {
      const { body } = await whoami(customer);
      expect(body).toMatchObject({ apiKey: { lastUsedAt: expect.any(String) } });
      const at = new Date((await rowOf(customer)).last_used_at ?? 0).getTime();
      expect(at).toBeLessThanOrEqual(before);
      expect(at).toBeGreaterThan(before - 60_000);
    }
    expect(await rowOf(unused)).toMatchObject({ last_used_at: null });
  });

  it('is written later if writing it failed', async () => {
    const customer = await makeCustomer(platform);
    const uses = new KeyUses();
    const away = await startTestPlatform();
    await away.database.close();
    uses.note({ apiKeyId: customer.apiKeyId, newHash: undefined });
    await expect(uses.write(away.database.kysely)).rejects.toBeInstanceOf(Error);
    await uses.write(platform.database.kysely);
    expect(await rowOf(customer)).toMatchObject({ last_used_at: expect.anything() });
    await uses.write(away.database.kysely);
    await away[Symbol.asyncDispose]();
  });
});
