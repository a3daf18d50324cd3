import { expect, it } from 'vitest';
import { Principal } from '../../src/access/principal.ts';
import { originOf } from '../../src/audit/actor.ts';

const origin = originOf({ requestId: 'request', address: '192.0.2.1', secret: undefined });
const identity = { apiKeyId: 'key', customerId: 'customer', keyExpiresAt: null, newHash: undefined };
const principal = ({ isWorkflow = false } = {}) => new Principal({ origin, keyHashes: [Buffer.of(1)], isWorkflow });

it('acts as unknown until the database has found its key', () => {
  const one = principal();
  expect(one.actor()).toEqual({ ...origin, actor: 'unknown', apiKeyId: null });
  expect(() => one.requireIdentity()).toThrow('not identified');
  one.identify(identity);
  expect(one.actor()).toEqual({ ...origin, actor: 'api_key', apiKeyId: 'key' });
  expect(one.requireIdentity()).toBe(identity);
});

it('acts as a workflow by a key that a workflow got', () => {
  const one = principal({ isWorkflow: true });
  expect(one.actor('remembered')).toMatchObject({ actor: 'workflow', apiKeyId: 'remembered' });
  expect(one.actorInStatement()).toMatchObject({ actor: 'workflow', apiKeyId: null });
});

it('knows the customer from an earlier request, and rather from the database', () => {
  const one = principal();
  expect(one.customerId).toBeUndefined();
  one.rememberOwner({ customerId: 'before', apiKeyId: 'key before' });
  expect([one.customerId, one.apiKeyId]).toEqual(['before', 'key before']);
  one.identify(identity);
  expect([one.customerId, one.apiKeyId]).toEqual(['customer', 'key']);
});

it('keeps its origin and nothing else without its key', () => {
  const one = principal({ isWorkflow: true });
  one.identify(identity);
  const open = one.withoutKey();
  expect(open.origin).toBe(origin);
  expect([open.keyHashes, open.identity, open.customerId]).toEqual([undefined, undefined, undefined]);
});
