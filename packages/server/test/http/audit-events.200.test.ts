// Audit events of allowed and refused actions, as customers read them.
import { expect, it, describe } from 'vitest';
import { z } from 'zod';
import { importKey } from '../../src/accounts/create-key.ts';
import { findCustomer } from '../../src/accounts/find-customer.ts';
import { revokeKey } from '../../src/accounts/revoke-key.ts';
import { auditReader, callsRequestId, everyScope } from '@rsolv/test-harness/audit-reader';
import { goodBody, request, retrieve, store, storeGood } from '@rsolv/test-harness/calls';
import { by, keyRing } from '@rsolv/test-harness/key-ring';
import { readDocument } from '@rsolv/test-harness/openapi-document';
import { makeCustomer, startServer, startTestPlatform, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const { write, list, call } = auditReader(platform, await readDocument(platform));

const brief = ({ action, outcome, errorCode }: Awaited<ReturnType<typeof list>>[number]) =>
  [action, outcome, errorCode].filter((part) => part !== null && part !== 'allowed').join(' ');

describe('records an event with actor, action, target and time', () => {
  it('for stores, replays and retrieves', async () => {
    const customer = await makeCustomer(platform, everyScope);
    const body = goodBody(customer, { idempotencyKey: undefined });
    const send = () =>
      request(platform, '/api/v1/phases/store', {
        method: 'POST',
        headers: { 'x-api-key': customer.apiKey, 'content-type': 'application/json', 'idempotency-key': 'once' },
        body: JSON.stringify(body),
      });
    const { id } = z.object({ id: z.string() }).parse((await send()).body);
    await send();
    await retrieve(platform, customer, { repo: body.repo, issue: '42', commit: body.commitSha });
    const [retrieved, replayed, stored] = await list(customer, { limit: '3' });
    const target = { forge: 'github', namespace: customer.namespace, repository: 'demo', issueNumber: 42 };
    const who = { actor: 'api_key', apiKeyId: customer.apiKeyId, outcome: 'allowed', address: '127.0.0.1', count: 1 };
    const written = { phase: 'validation', id };
    expect(stored).toMatchObject({ ...who, action: 'phase.store', target: { ...target, ...written } });
    expect(replayed).toMatchObject({ ...who, action: 'phase.replay', target: { ...target, ...written } });
    expect(retrieved).toMatchObject({ ...who, action: 'phase.retrieve', target: { ...target, phase: null, id: null } });
    expect(Math.abs(Date.now() - (stored?.occurredAt.getTime() ?? 0))).toBeLessThan(60_000);
  });

  it('for keys and forge accounts, including actions of the operator', async () => {
    const customer = await makeCustomer(platform, everyScope);
    const made = z.object({ id: z.string() });
    const key = made.parse((await call('POST', '/api/v1/keys', customer, {})).body);
    const next = made.parse((await call('POST', `/api/v1/keys/${key.id}/rotate`, customer)).body);
    await call('DELETE', `/api/v1/keys/${next.id}`, customer);
    await call('POST', '/api/v1/forge-accounts', customer, { namespace: 'mine' });
    await call('DELETE', '/api/v1/forge-accounts?namespace=mine', customer);
    for (const to of ['/api/v1/keys', '/api/v1/forge-accounts', '/api/v1/whoami']) await call('GET', to, customer);
    const events = await list(customer);
    const expected = [
      ['whoami', null],
      ['forge_account.list', null],
      ['key.list', null],
      ['forge_account.remove', 'mine'],
      ['forge_account.add', 'mine'],
      ['key.revoke', next.id],
      ['key.create', next.id],
      ['key.rotate', key.id],
      ['key.create', key.id],
      ['key.create', customer.apiKeyId],
      ['forge_account.verify', customer.namespace],
      ['forge_account.add', customer.namespace],
      ['customer.create', customer.id],
    ];
    expect(events.map(({ action, target }) => [action, target.namespace ?? target.id])).toEqual(expected);
    expect(events.map(({ actor }) => actor)).toEqual(expected.map((_, index) => (index < 9 ? 'api_key' : 'operator')));
    for (const event of events.slice(0, 9)) expect(event).toMatchObject({ requestId: callsRequestId });
    for (const event of events.slice(9)) expect(event).toMatchObject({ address: null, apiKeyId: null });
  });

  it('for refusals with their reason, and not for invalid input', async () => {
    const customer = await makeCustomer(platform, everyScope);
    const missing = '0199a2b4-5c3e-7d10-8f6a-3b2c1d0e9f88';
    await store(platform, customer, goodBody(customer, { repo: 'else/where' }));
    await retrieve(platform, customer, { repo: 'else/where', commit: 'abc' });
    await call('DELETE', `/api/v1/keys/${missing}`, customer);
    await call('DELETE', '/api/v1/forge-accounts?namespace=not-mine', customer);
    await store(platform, customer, goodBody(customer, { issueNumber: 'x' }));
    const events = await list(customer, { outcome: 'refused' });
    expect(events.map(brief)).toEqual([
      'forge_account.remove refused RECORD_NOT_FOUND',
      'key.revoke refused RECORD_NOT_FOUND',
      'phase.retrieve refused FORGE_ACCOUNT_MISSING',
      'phase.store refused FORGE_ACCOUNT_MISSING',
    ]);
    expect(events.map(({ target }) => target.id ?? target.namespace)).toEqual(['not-mine', missing, 'else', 'else']);
  });

  it('for an invalid key once a minute, with a count', async () => {
    const customer = await makeCustomer(platform, everyScope);
    const other = await makeCustomer(platform, { ...everyScope });
    await revokeKey(platform.database.fork(), { apiKeyId: customer.apiKeyId }, by);
    for (let time = 0; time < 3; time++) await store(platform, customer, goodBody(customer));
    for (const apiKey of ['no-such-key-1', 'no-such-key-2']) await store(platform, { apiKey }, goodBody(customer));
    await platform.auditTrail.write(platform.database.kysely);
    const { kysely } = platform.database;
    const select = (code: string) =>
      kysely.selectFrom('audit_events').selectAll().where('error_code', '=', code).execute();
    expect(await select('API_KEY_REVOKED')).toEqual([]);
    await write();
    const revoked = { action: 'authenticate', customer_id: customer.id, api_key_id: customer.apiKeyId, count: 3 };
    expect(await select('API_KEY_REVOKED')).toMatchObject([revoked]);
    const unknown = { actor: 'unknown', customer_id: null, api_key_id: null, namespace: null, count: 2 };
    expect(await select('API_KEY_UNKNOWN')).toMatchObject([unknown]);
    expect(await list(other, { action: 'authenticate' })).toEqual([]);
  });
});

it('counts calls over a limit in one event that names who exceeded it', async () => {
  const limited = await startTestPlatform({ rateLimits: { perKey: 1 } });
  const customer = await makeCustomer(limited);
  const whoami = () => request(limited, '/api/v1/whoami', { headers: { 'x-api-key': customer.apiKey } });
  for (const status of [200, 429, 429]) expect((await whoami()).status).toBe(status);
  await limited.auditTrail.write(limited.database.kysely, 'everything');
  const rows = await limited.database.kysely
    .selectFrom('audit_events')
    .selectAll()
    .where('action', '=', 'rate_limit')
    .execute();
  const who = { actor: 'api_key', api_key_id: customer.apiKeyId, customer_id: customer.id };
  expect(rows).toMatchObject([{ ...who, outcome: 'refused', error_code: 'RATE_LIMITED', count: 2 }]);
  await limited[Symbol.asyncDispose]();
});

it('records a valid address, whatever a proxy forwards', async () => {
  const behind = await startServer({ trustedProxies: 1 });
  const customer = await makeCustomer(platform, everyScope);
  const addresses = [
    '203.0.113.9',
    '2001:db8::1',
    '::ffff:203.0.113.9',
    // As Azure's Application Gateway writes them.
    '1.2.3.4:80',
    '[2001:db8::7]:65535',
    '[2001:db8::7]',
    '\u009b31m',
    'x'.repeat(5000),
    '1.2.3.4:port',
    '2001:db8::7:x',
  ];
  for (const address of addresses) {
    const headers = {
      'x-api-key': customer.apiKey,
      'content-type': 'application/json',
      'x-forwarded-for': address,
    };
    const body = JSON.stringify(goodBody(customer));
    expect(await request(behind, '/api/v1/phases/store', { method: 'POST', headers, body })).toMatchObject({
      status: 200,
    });
  }
  const rows = await platform.database.kysely
    .selectFrom('audit_events')
    .where('customer_id', '=', customer.id)
    .where('action', '=', 'phase.store')
    .orderBy('id')
    .select('address')
    .execute();
  const told = rows.map(({ address }) => address);
  expect(told).toEqual([
    '203.0.113.9',
    '2001:db8::1',
    '203.0.113.9',
    '1.2.3.4',
    '2001:db8::7',
    '2001:db8::7',
    null,
    null,
    null,
    null,
  ]);
  await behind[Symbol.asyncDispose]();
});

it('never records an API key, wherever a request contains it', async () => {
  const customer = await makeCustomer(platform, everyScope);
  const { apiKey } = customer;
  const spare = await makeCustomer(platform);
  const hidden = [apiKey, spare.apiKey];
  for (const key of hidden) {
    const headers = { 'x-api-key': apiKey, 'x-request-id': key, 'content-type': 'application/json' };
    const body = JSON.stringify(goodBody(customer, { repo: `${key}/${key}` }));
    await request(platform, '/api/v1/phases/store', { method: 'POST', headers, body });
    await request(platform, `/api/v1/phases/retrieve?repo=${key}/demo&commit=${key}`, { headers });
    await request(platform, `/api/v1/keys/${key}`, { method: 'DELETE', headers });
    await storeGood(platform, customer, { repo: `${customer.namespace}/${key}` });
    await call('POST', '/api/v1/forge-accounts', customer, { namespace: key });
    await request(platform, '/api/v1/whoami', { headers: { 'x-api-key': `${key}x`, 'x-request-id': key } });
  }
  // A key from elsewhere may look like an id, or like a name.
  const hex = '0199a2b4-5c3e-7d10-8f6a-3b2c1d0e9f99';
  const em = platform.database.fork();
  const options = { by, secret: hex, customer: await findCustomer(em, customer.id), name: 'imported', expiresAt: null };
  await importKey(em, keyRing, options);
  await storeGood(platform, { ...customer, apiKey: hex }, { repo: `${customer.namespace}/${hex.toUpperCase()}` });
  await request(platform, `/api/v1/keys/${hex}`, { headers: { 'x-api-key': hex, 'x-request-id': hex } });
  await request(platform, '/api/v1/whoami', { headers: { 'x-api-key': hex, 'x-request-id': hex } });
  await write();
  const rows = await platform.database.kysely.selectFrom('audit_events').selectAll().execute();
  const recorded = JSON.stringify(rows).toLowerCase();
  expect(rows.filter(({ repository }) => repository === '…').length).toBeGreaterThan(3);
  for (const key of [...hidden, hex]) expect(recorded).not.toContain(key.toLowerCase());
});
