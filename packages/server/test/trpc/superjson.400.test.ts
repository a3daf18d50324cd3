// Values that superjson can represent and JSON can't, and malformed superjson, are refused without harm to the server.
import { describe, expect, it } from 'vitest';
import superjson, { SuperJSON } from 'superjson';
import { goodBody, request, retrieveGood, storeGood } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';
import { refusalIn } from './client.ts';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const post = (body: object | string) =>
  request(platform, '/trpc/phases.store', {
    method: 'POST',
    headers: { 'x-api-key': customer.apiKey, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

class Point {
  readonly x = 1;
}

describe('a value in data that JSON can not represent', () => {
  it.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['a Date', new Date()],
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set([1])],
    ['a BigInt', 42n],
    ['a RegExp', /a/],
    ['a URL', new URL('http://localhost')],
    ['an Error', new Error('x')],
    ['undefined in an array', [undefined]],
  ])('%s', async (_name, value) => {
    const data = { a: { b: [0, value] } };
    const answer = await post(superjson.serialize(goodBody(customer, { data })));
    const { code, details } = refusalIn(answer);
    expect({ status: answer.status, code }).toEqual({ status: 400, code: 'INVALID_INPUT' });
    expect(details?.map(({ path }) => path)).toEqual([expect.stringMatching(/^data\.a\.b\[1\]/)]);
  });

  it('accepts -0 and returns it as 0', async () => {
    await post(superjson.serialize(goodBody(customer, { data: { a: [-0, { 'b.c\\': undefined, d: -0 }] } })));
    expect(await retrieveGood(platform, customer)).toEqual({ validation: { 'issue-42': { a: [0, { d: 0 }] } } });
  });

  it('stores an object that occurs twice in both places', async () => {
    const twice = { a: 1 };
    expect((await post(superjson.serialize(goodBody(customer, { data: { twice, again: twice } })))).status).toBe(200);
    const expected = { validation: { 'issue-42': { twice, again: twice } } };
    expect(await retrieveGood(platform, customer)).toEqual(expected);
  });

  it('refuses a circular reference and a reference that was left out', async () => {
    const circle: Record<string, unknown> = { a: [1] };
    circle['b.c'] = { circle };
    const twice = { a: 1 };
    for (const [written, path] of [
      [superjson.serialize(goodBody(customer, { data: circle })), 'data["b.c"].circle'],
      [new SuperJSON({ dedupe: true }).serialize(goodBody(customer, { data: { twice, again: twice } })), 'data.again'],
    ] as const) {
      const { code, details } = refusalIn(await post(written));
      expect({ code, paths: details?.map((each) => each.path) }).toEqual({ code: 'INVALID_INPUT', paths: [path] });
    }
  });

  it('stores an instance of a class as a plain object', async () => {
    const answer = await post(superjson.serialize(goodBody(customer, { data: { a: new Point() } })));
    expect(answer.status).toBe(200);
  });
});

/** A good input with this as superjson's `meta`. */
const withMeta = (meta: unknown, data: object = { a: 'x', b: {}, list: [1, 2, 3] }) => ({
  json: goodBody(customer, { data }),
  meta,
});

const nest = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('superjson that no client writes', () => {
  it.each<[string, () => object | string]>([
    ['values of no shape', () => withMeta({ values: 'x' })],
    ['values that are a list of nonsense', () => withMeta({ values: [[[[]]], 'x', 1] })],
    ['an unknown type', () => withMeta({ values: { 'data.a': ['nonsense'] } })],
    ['a path through __proto__', () => withMeta({ values: { '__proto__.polluted': ['Date'] } })],
    ['a path through constructor', () => withMeta({ values: { 'data.constructor.prototype.polluted': ['Date'] } })],
    ['a custom type', () => withMeta({ values: { 'data.a': [['custom', 'x']] } })],
    ['a class', () => withMeta({ values: { 'data.b': [['class', 'Object']] } })],
    ['a symbol', () => withMeta({ values: { 'data.a': [['symbol', 'x']] } })],
    ['a typed array', () => withMeta({ values: { 'data.list': [['typed-array', 'Float64Array']] } })],
    ['a map of no pairs', () => withMeta({ values: { 'data.list': ['map'] } })],
    ['a regular expression', () => withMeta({ values: { 'data.a': ['regexp'] } })],
    [
      'a bigint of a million digits',
      () => withMeta({ values: { 'data.a': ['bigint'] } }, { a: '9'.repeat(1_000_000) }),
    ],
    [
      'a bigint of a million digits, spelled with nothing inside it',
      () => withMeta({ values: { 'data.a': ['bigint', {}] } }, { a: '9'.repeat(1_000_000) }),
    ],
    ['a bigint that is none', () => withMeta({ values: { 'data.a': ['bigint'] } })],
    [
      'values nested in the tens of thousands',
      () => `{"json":${JSON.stringify(goodBody(customer))},"meta":{"values":${nest(50_000)}}}`,
    ],
    [
      'values nested in the tens of thousands, as objects',
      () =>
        `{"json":${JSON.stringify(goodBody(customer))},"meta":{"values":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}}`,
    ],
    [
      // Each lookup by position in a set goes through all that lie before it.
      'a set of many, with a type for each of them',
      () => {
        const list = Array.from({ length: 45_000 }, (_, index) => index);
        const types = list.slice(-25_000).map((index) => [`data.s.${index}`, ['undefined']]);
        return withMeta({ values: { 'data.s': ['set'], ...Object.fromEntries(types) } }, { s: list });
      },
    ],
  ])('%s', async (_name, make) => {
    const { status, code } = refusalIn(await post(make()));
    expect({ status, code }).toEqual({ status: 400, code: 'INVALID_INPUT' });
    await storeGood(platform, customer);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  const places = { a: null, b: {}, list: [null, 'x'] };

  it.each<[string, unknown, string]>([
    ['a type below nothing of a type', { data: { a: ['undefined'] } }, 'data'],
    ['a place behind the end of a list', { 'data.list.4000000000': ['undefined'] }, 'data.list[4000000000]'],
    ['a place that is not there', { 'data.b.none': ['undefined'] }, 'data.b.none'],
    ['a place that was inherited', { 'data.b.constructor.name': ['undefined'] }, 'data.b.constructor.name'],
    ['the length of a list', { 'data.list.length': ['undefined'] }, 'data.list.length'],
    ['a value that is undefined', { 'data.list.1': ['undefined'] }, 'data.list[1]'],
    ['something inside undefined', { 'data.a': ['undefined', { x: ['set'] }] }, 'data.a'],
    ['a set of what there is', { 'data.list': ['set', { 0: ['undefined'] }] }, 'data.list'],
    ['a date', { commitSha: ['Date'] }, 'commitSha'],
    ['a root of a type', ['set'], ''],
    ['a path without end', { ['a.'.repeat(300_000)]: ['undefined'] }, expect.stringMatching(/^meta\["a\.a\./)],
    [
      'a hundred thousand that are undefined',
      Object.fromEntries(Array.from({ length: 100_001 }, (_, at) => [at, 0])),
      'meta.values',
    ],
  ])('refuses %s with its path', async (_name, values, path) => {
    const { code, details } = refusalIn(await post(withMeta({ values, v: 1 }, places)));
    expect({ code, paths: details?.map((each) => each.path) }).toEqual({ code: 'INVALID_INPUT', paths: [path] });
  });

  it.each<[unknown, string]>([
    [{ v: 2, values: {} }, 'meta.v'],
    ['x', 'meta'],
  ])('refuses the unsupported version in %j', async (meta, path) => {
    expect(refusalIn(await post(withMeta(meta)))).toMatchObject({ status: 400, details: [{ path }] });
  });

  it('refuses a list of thousands for its length before it parses the items', async () => {
    const manager = await makeCustomer(platform, { scopes: ['manage'] });
    const headers = { 'x-api-key': manager.apiKey, 'content-type': 'application/json' };
    for (const field of ['scopes', 'repositories']) {
      const body = JSON.stringify({ json: { [field]: Array.from({ length: 200_000 }, () => 0) } });
      const answer = await request(platform, '/trpc/keys.create', { method: 'POST', headers, body });
      const { details } = refusalIn(answer);
      expect(details).toEqual([{ path: field, message: expect.stringMatching(/at most 100? items, not 200000$/) }]);
    }
  });

  it.each<[string, unknown]>([
    ['a circle', { referentialEqualities: { data: ['data.b.data'] } }],
    ['a circle at the root', { referentialEqualities: [['data.b']] }],
    [
      'a structure of exponential size',
      {
        referentialEqualities: Object.fromEntries(
          Array.from({ length: 64 }, (_, index) => [
            `data${'.b'.repeat(index + 1)}`,
            [`data${'.b'.repeat(index)}.x`, `data${'.b'.repeat(index)}.y`],
          ]),
        ),
      },
    ],
    ['__proto__', { referentialEqualities: { 'data.b': ['__proto__.polluted', 'constructor.prototype.polluted'] } }],
    ['no sense', { values: { 'data.none.of.it': ['Date'] }, referentialEqualities: { none: ['none.of.it'] } }],
    ['no shape', { referentialEqualities: 'x', values: null, v: {} }],
  ])('ignores metadata that makes %s', async (_name, meta) => {
    expect((await post(withMeta(meta))).status).toBeLessThan(500);
    await storeGood(platform, customer);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});
