// The procedures over tRPC: envelope, errors, superjson and batches.
import superjson from 'superjson';
import { beforeAll, expect, it } from 'vitest';
import { goodBody, trpcRefusal } from './platform-under-test.ts';
import type { Calls, ContractCustomer, PlatformUnderTest } from './platform-under-test.ts';

export function describeTrpc(given: () => { platform: PlatformUnderTest; calls: Calls }): void {
  let platform: PlatformUnderTest;
  let calls: Calls;
  let customer: ContractCustomer;
  beforeAll(async () => {
    ({ platform, calls } = given());
    customer = await platform.addCustomer();
  });

  it.each(['nothing', 'phases', 'phases.constructor', '__proto__.toString'])(
    'returns NOT_FOUND for %s',
    async (path) => {
      const refused = trpcRefusal(await calls.query(customer, path));
      expect(refused).toMatchObject({ status: 404, code: 'NOT_FOUND', name: 'NOT_FOUND', number: -32004 });
    },
  );

  it.each(['GET phases.store', 'POST whoami', 'POST phases.retrieve'])(
    'returns METHOD_NOT_SUPPORTED for %s',
    async (call) => {
      const path = String(call.split(' ').at(1));
      const answer = call.startsWith('GET')
        ? await calls.query(customer, path, {})
        : await calls.mutate(customer, path, [{}]);
      const name = 'METHOD_NOT_SUPPORTED';
      expect(trpcRefusal(answer)).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED', name, number: -32005 });
    },
  );

  it.each<[string, unknown, object, number, string]>([
    ['not JSON', '{"json":', {}, 400, 'MALFORMED_BODY'],
    ['empty', '', {}, 400, 'MALFORMED_BODY'],
    ['not superjson', '{"phase":"scan"}', {}, 400, 'INVALID_INPUT'],
    ['a number out of range', '{"json":{"data":{"a":1e400}}}', {}, 400, 'INVALID_INPUT'],
    ['not gzip', '{"json":{}}', { 'content-encoding': 'gzip' }, 400, 'MALFORMED_BODY'],
    ['of another type', '{"json":{}}', { 'content-type': 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['with an invalid idempotency key', '{"json":{}}', { 'idempotency-key': 'a b' }, 400, 'INVALID_INPUT'],
  ])('refuses a body: %s', async (_name, input, headers, status, code) => {
    const refused = trpcRefusal(await calls.mutate(customer, 'phases.store', [input, headers]));
    expect(refused).toMatchObject({ status, code });
  });

  it('refuses a number that would lose precision, with its path', async () => {
    const input = `{"json":${JSON.stringify(goodBody(customer, { data: { a: 0 } })).replace('"a":0', '"a":9007199254740993')}}`;
    const refused = trpcRefusal(await calls.mutate(customer, 'phases.store', [input]));
    expect(refused).toMatchObject({ status: 400, code: 'INVALID_INPUT', paths: ['json.data.a'] });
  });

  it('refuses a body over the limit', async () => {
    const answer = await calls.mutate(customer, 'phases.store', [' '.repeat(platform.bodyLimitBytes + 1)]);
    expect(trpcRefusal(answer)).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
  });

  it.each(['{', '%7B', '"text"', '[]', 'null'])('refuses a query: %s', async (input) => {
    const headers = { 'x-api-key': customer.apiKey };
    expect(trpcRefusal(await calls.request(`/trpc/phases.retrieve?input=${input}`, { headers })).status).toBe(400);
  });

  it.each<[string, unknown]>([
    ['a Date', new Date()],
    ['NaN', Number.NaN],
    ['a Map', new Map([['a', 1]])],
    ['a bigint', 42n],
    ['a Set', new Set([1])],
    ['undefined in a list', [undefined]],
  ])('refuses %s in data, with its path', async (_name, value) => {
    const answer = await calls.mutate(customer, 'phases.store', [goodBody(customer, { data: { a: [value] } })]);
    expect(trpcRefusal(answer)).toMatchObject({ status: 400, code: 'INVALID_INPUT' });
    expect(trpcRefusal(answer).paths?.at(0)).toMatch(/^data\.a\[0\]/);
  });

  it('treats undefined as absent', async () => {
    const repo = `${customer.namespace}/undefined`;
    const data = { a: undefined, b: { c: undefined, d: 1 } };
    const answer = await calls.mutate(customer, 'phases.store', [
      goodBody(customer, { repo, data, branch: undefined }),
    ]);
    expect(answer.status).toBe(200);
    expect(await calls.retrieveGood(customer, { repo })).toEqual({ validation: { 'issue-42': { b: { d: 1 } } } });
  });

  it('answers each call of a batch', async () => {
    const repo = `${customer.namespace}/batch`;
    const inputs = [1, 2].map((issueNumber) => superjson.serialize(goodBody(customer, { repo, issueNumber })));
    const batch = [...inputs, superjson.serialize(goodBody({ namespace: 'strangers' }))];
    const paths = batch.map(() => 'phases.store').join(',');
    const answer = await calls.mutate(customer, `${paths}?batch=1`, [
      JSON.stringify(Object.fromEntries(batch.entries())),
    ]);
    const stored = { result: { data: { json: { success: true, phase: 'validation' } } } };
    const refused = { error: { json: { data: { path: 'phases.store', error: { code: 'FORGE_ACCOUNT_MISSING' } } } } };
    expect(answer).toMatchObject({ status: 207, body: [stored, stored, refused] });

    const headers = { 'idempotency-key': 'key' };
    const underOneKey = await calls.mutate(customer, `${paths}?batch=1`, [
      JSON.stringify(Object.fromEntries(batch.entries())),
      headers,
    ]);
    const details = [{ path: 'Idempotency-Key' }];
    const keyRefused = { error: { json: { data: { error: { code: 'INVALID_INPUT', details } } } } };
    expect(underOneKey).toMatchObject({ status: 400, body: [keyRefused, keyRefused, keyRefused] });
  });
}
