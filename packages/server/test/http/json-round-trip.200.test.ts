// JSON is returned as it was stored, including values that JavaScript or a database treats specially.
import { describe, expect, it } from 'vitest';
import { goodBody, request, retrieveGood, retrieveText, store } from '@rsolv/test-harness/calls';
import { exactly } from '@rsolv/test-harness/exactly';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const nested = (open: string, close: string, depth: number) => `${open.repeat(depth)}0${close.repeat(depth)}`;

const documents: [string, string][] = [
  ['the empty object', '{}'],
  ['empty objects and arrays', '{"a":{},"b":[],"c":[{},[],[[]]]}'],
  ['null, true, false', '{"a":null,"b":true,"c":false,"d":[null,true,false]}'],
  ['an empty key', '{"":1,"a":{"":{"":2}}}'],
  [
    'keys of every object',
    '{"constructor":1,"prototype":2,"toString":3,"hasOwnProperty":4,"valueOf":{"constructor":{}}}',
  ],
  [
    'keys that code looks for',
    '{"then":1,"toJSON":2,"length":3,"json":{},"meta":{"values":{"a":["Date"]}},"$ref":"#"}',
  ],
  ['keys that look like numbers', '{"2":"b","1":"a","-1":"c","01":"d","1e3":"e"}'],
  ['keys that look like paths', '{"a.b":1,"a[0]":2,"a/b":3,"\\"":4,"\\\\":5,"\'":6,"$":7,"%s":8,"?":9,"{a}":10}'],
  ['keys with spaces and signs', '{" ":1,"\\n":2,"\\t":3,"\\u0001":4,"\\u007f":5,"\\u2028":6,"\\ufeff":7}'],
  ['every script', '{"ключ":"значение","鍵":"値","مفتاح":"قيمة","ñ":"\\u00f1","n\\u0303":"\\u006e\\u0303"}'],
  ['emoji', '{"😀":"👩‍👩‍👧‍👦🏳️‍🌈","escaped":"\\ud83d\\ude00"}'],
  ['the last characters of Unicode', '{"a":"\\uffff\\ufffe\\udbff\\udfff","\\uffff":1}'],
  ['control characters', '{"a":"\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f\\u007f\\u0085\\u2028\\u2029\\ufeff"}'],
  [
    'text that looks like something else',
    '{"a":"null","b":"1e400","c":"2026-01-31T12:00:00Z","d":"{}","e":"\'; drop table x"}',
  ],
  ['text that looks like a number at fault', '{"a":"x: 9007199254740993, 1e400","b":": 1e999"}'],
  ['fractions', '{"a":0.1,"b":0.30000000000000004,"c":-1.5e-7,"d":123.456,"e":1.0,"f":100.00}'],
  ['the ends of doubles', '{"a":1e308,"b":1.7976931348623157e308,"c":5e-324,"d":2.2250738585072014e-308,"e":-1e308}'],
  ['powers', '{"a":1e21,"b":1E5,"c":1e-7,"d":1e+2,"e":0e0,"f":0e999,"g":123e-2}'],
  ['U+0000', String.raw`{"a":"\u0000","b\u0000c":["x\u0000y"]}`],
  ['half surrogate pairs', String.raw`{"a":"\ud83d","\udc00":"\ude00\ud83d","b":"\ud800x"}`],
  ['fractions that a double rounds', '{"a":0.123456789012345678901234567890,"b":-1.00000000000000000000001e-30}'],
  ['the largest exact integers', '{"a":9007199254740992,"b":-9007199254740992,"c":9007199254740991,"d":2147483648}'],
  ['zero in every form', '{"a":0,"b":0.0,"c":0e-400}'],
  ['sparse looking arrays', '[[],[null],[null,null],[[],[null]]]'.replace(/^/, '{"a":').concat('}')],
  ['a key twice, where the last counts', '{"a":1,"b":{"x":1},"a":2,"b":{"y":2}}'],
  ['a key twice, the first time with a number at fault', '{"a":1e400,"a":1}'],
  ['arrays 2000 deep', `{"a":${nested('[', ']', 2000)}}`],
  ['objects 2000 deep', nested('{"a":', '}', 2001)],
  ['objects 2000 deep, with U+0000', nested('{"a\\u0000":', '}', 2001)],
  ['a long text', JSON.stringify({ a: 'ü'.repeat(200_000) })],
  ['a long key', JSON.stringify({ ['k'.repeat(50_000)]: 1 })],
  ['many keys', JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, index])))],
  ['many numbers with large exponents', JSON.stringify({ a: Array.from({ length: 3000 }, () => 1e308) })],
  ['more of them than jsonb should write', JSON.stringify({ a: Array.from({ length: 4000 }, () => 5e-324) })],
];

describe('over REST', () => {
  it.each(documents)('%s', async (_name, data) => {
    const body = JSON.stringify(goodBody(customer, { data: 0 })).replace('"data":0', () => `"data":${data}`);
    expect(await store(platform, customer, body)).toMatchObject({ status: 200 });
    const expected = `{"validation":{"issue-42":${data}}}`;
    expect(exactly(await retrieveText(platform, customer))).toEqual(exactly(expected));
  });
});

describe('over tRPC', () => {
  // As text of its own: superjson on a client's side would refuse to send a key such as `constructor`.
  it.each(documents)('%s', async (_name, data) => {
    const headers = { 'x-api-key': customer.apiKey, 'content-type': 'application/json' };
    const good = JSON.stringify({ json: goodBody(customer, { data: 0 }) });
    const body = good.replace('"data":0', () => `"data":${data}`);
    const stored = await request(platform, '/trpc/phases.store', { method: 'POST', headers, body });
    expect(stored).toMatchObject({ status: 200 });
    const { repo, commitSha } = goodBody(customer);
    const input = encodeURIComponent(JSON.stringify({ json: { repo, commit: commitSha, issue: 42 } }));
    const { status, body: retrieved } = await request(platform, `/trpc/phases.retrieve?input=${input}`, { headers });
    const json = { validation: { 'issue-42': JSON.parse(data) } };
    expect({ status, retrieved }).toEqual({ status: 200, retrieved: { result: { data: { json } } } });
  });
});

it('returns minus zero as zero', async () => {
  const body = JSON.stringify(goodBody(customer, { data: { a: 0 } })).replace('{"a":0}', '{"a":-0,"b":[-0.0]}');
  await store(platform, customer, body);
  expect(await retrieveGood(platform, customer)).toEqual({ validation: { 'issue-42': { a: 0, b: [0] } } });
});
