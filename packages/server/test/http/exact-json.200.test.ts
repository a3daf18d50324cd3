// What scanners really write is returned equal, number by number, also where jsonb or a JavaScript number can't hold it.
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { expectError, goodBody, request, retrieveText, store, storeGood } from '@rsolv/test-harness/calls';
import { exactly } from '@rsolv/test-harness/exactly';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';
import {
  reportsWithLongFractions,
  reportsWithLongNumbers,
  reportsWithOddText,
} from '@rsolv/test-harness/scanner-reports';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const reports = Object.entries({
  ...reportsWithOddText,
  ...reportsWithLongFractions,
  ...Object.fromEntries(Object.entries(reportsWithLongNumbers).map(([name, [report]]) => [name, report])),
  'a key that JavaScript takes for the prototype': '{"__proto__":{"polluted":true},"a":[{"__proto__":null}]}',
});

const bodyWith = (data: string, changes: object = {}) =>
  JSON.stringify(goodBody(customer, { data: 0, ...changes })).replace('"data":0', () => `"data":${data}`);

async function storeText(data: string, changes: object = {}): Promise<void> {
  expect(await store(platform, customer, bodyWith(data, changes))).toMatchObject({ status: 200 });
}

const everyIssue = async (repo: string) => {
  const { commitSha } = goodBody(customer);
  const path = `/api/v1/phases/retrieve?repo=${repo}&commit=${commitSha}`;
  const response = await fetch(new URL(path, platform.url), { headers: { 'x-api-key': customer.apiKey } });
  return exactly(await response.text());
};

describe.each([
  ['direct', (report: string) => report],
  ['wrapped by phase', (report: string) => `{"validation":${report}}`],
  ['wrapped by phase and issue, beside others', (report: string) => `{"validate":{"7":{"n":1e999},"42":${report}}}`],
])('returns a validation that was sent %s', (layout, wrap) => {
  it.each(reports)('%s', async (_name, report) => {
    const repo = `${customer.namespace}/${layout.replaceAll(/\W/g, '-')}`;
    await storeText(wrap(report), { repo });
    const expected = exactly(`{"validation":{"issue-42":${report}}}`);
    expect(exactly(await retrieveText(platform, customer, { repo }))).toEqual(expected);
    expect(await everyIssue(repo)).toEqual(expected);
  });
});

it.each(reports)('returns a scan and a mitigation with derived columns: %s', async (_name, report) => {
  const repo = `${customer.namespace}/phases`;
  await storeText(report, { repo, phase: 'scan' });
  const fields = '"prUrl":"https://github.com/acme/shop/pull/7","pr_number":12345678901234567890,"files_changed":null';
  const mitigation = `{${fields},"report":${report}}`;
  await storeText(mitigation, { repo, phase: 'mitigation' });
  // What was sent takes precedence, and only the URL of the three is derived.
  const expected = exactly(
    `{"scan":${report},"mitigation":{"issue-42":{"pr_url":"https://github.com/acme/shop/pull/7",${mitigation.slice(1)}}}`,
  );
  expect(exactly(await retrieveText(platform, customer, { repo }))).toEqual(expected);
  expect(await everyIssue(repo)).toEqual(expected);
});

it('returns one issue of many as text and the others from jsonb', async () => {
  const repo = `${customer.namespace}/many`;
  await storeText('{"n":12345678901234567890}', { repo, issueNumber: 1 });
  await storeText('{"n":2}', { repo, issueNumber: 2 });
  await storeText(String.raw`{"n":"\u0000"}`, { repo, issueNumber: 3 });
  const expected = String.raw`{"validation":{"issue-1":{"n":12345678901234567890},"issue-2":{"n":2},"issue-3":{"n":"\u0000"}}}`;
  expect(await everyIssue(repo)).toEqual(exactly(expected));
});

it('returns a report that is larger than a small response', async () => {
  const repo = `${customer.namespace}/large`;
  const results = Array.from({ length: 5000 }, (_, line) => `{"queryId":${14517067005933136034n + BigInt(line)}}`);
  await storeText(`{"results":[${results.join(',')}]}`, { repo });
  const text = await retrieveText(platform, customer, { repo });
  expect(text.length).toBeGreaterThan(64 * 1024);
  expect(exactly(text)).toEqual(exactly(`{"validation":{"issue-42":{"results":[${results.join(',')}]}}}`));
});

it.each([
  '1152921504606846976',
  '1152921504606847000',
  '9007199254740994',
  '100000000000000000000000',
  '-18014398509481984',
])('returns the digits of %s as they were sent', async (number) => {
  const repo = `${customer.namespace}/digits${number}`;
  await storeText(`{"a":${number}}`, { repo });
  expect(await retrieveText(platform, customer, { repo })).toContain(`{"a":${number}}`);
});

it('keeps text only where jsonb or JavaScript would change the data', async () => {
  const repo = `${customer.namespace}/columns`;
  const columns = async (data: string) => {
    await storeText(data, { repo });
    const { rows } = await sql<{ data: unknown; text: string | null; bytes: number; size: number }>`
      select data, data_text as text, data_bytes as bytes, octet_length(data_text) as size
      from validation_executions order by id desc limit 1`.execute(platform.database.kysely);
    return rows[0];
  };
  const plain = '{"a":[1.5,"\\\\u0000 \\\\ud800",1e308,9007199254740992,0.30000000000000004,"é"]}';
  expect(await columns(plain)).toMatchObject({ data: JSON.parse(plain), text: null });
  // Another issue's data is not stored.
  expect(await columns('{"validation":{"42":{"a":1},"43":{"a":1e999}}}')).toMatchObject({ data: { a: 1 }, text: null });
  const odd = String.raw`{"a\u0000":["\u0000x\ud800",1e400,${'9'.repeat(20)}]}`;
  const found = await columns(odd);
  expect(found).toMatchObject({ data: { 'a\ufffd': ['\ufffdx\ufffd', null, expect.any(Number)] }, text: odd });
  expect(found?.bytes).toBe(found?.size);
  const { rows } = await sql<{ n: string }>`
    select data -> ('a' || chr(65533)) ->> 2 as n from validation_executions order by id desc limit 1`.execute(
    platform.database.kysely,
  );
  expect(rows).toEqual([{ n: '9'.repeat(20) }]);
});

it('keeps what is nested deeper than 200 levels out of jsonb, whose stack is a setting', async () => {
  const nested = (depth: number, inner = '0') => `{"a":${'['.repeat(depth)}${inner}${']'.repeat(depth)}}`;
  for (const [depth, isText] of [
    [200, false],
    [201, true],
  ] as const) {
    await storeText(nested(depth), { repo: `${customer.namespace}/deep` });
    const { rows } = await sql<{ data: unknown; text: string | null }>`
      select data, data_text as text from validation_executions order by id desc limit 1`.execute(
      platform.database.kysely,
    );
    const data: unknown = JSON.parse(isText ? nested(200, 'null') : nested(200));
    expect(rows).toEqual([{ data, text: isText ? nested(depth) : null }]);
  }
});

it('replaces the text of an execution that is updated', async () => {
  const repo = `${customer.namespace}/updated`;
  const start = (data: object) => storeGood(platform, customer, { repo, status: 'running', data });
  await storeText('{"n":12345678901234567890}', { repo, executionId: await start({ n: 1 }) });
  expect(await retrieveText(platform, customer, { repo })).toBe(
    '{"validation":{"issue-42":{"n":12345678901234567890}}}',
  );
  await storeText('{"n":2}', { repo, executionId: await start({ s: '\0' }) });
  expect(await retrieveText(platform, customer, { repo })).toBe('{"validation":{"issue-42":{"n":2}}}');
});

it('derives no column from text that a column cannot hold', async () => {
  const repo = `${customer.namespace}/url`;
  for (const url of [
    String.raw`https://github.com/a/b/pull/7\u0000`,
    String.raw`https://github.com/a/b/pull/7\ud800`,
  ]) {
    const mitigation = `{"prUrl":"${url}","pr_url":"https://github.com/a/b/pull/8"}`;
    await storeText(mitigation, { repo, phase: 'mitigation' });
    const expected = `{"mitigation":{"issue-42":{"pr_number":8,${mitigation.slice(1)}}}`;
    expect(exactly(await retrieveText(platform, customer, { repo }))).toEqual(exactly(expected));
  }
});

it('tells stores apart that differ in one digit or one U+0000', async () => {
  const repo = `${customer.namespace}/again`;
  const send = (data: string) =>
    request(platform, '/api/v1/phases/store', {
      method: 'POST',
      headers: { 'x-api-key': customer.apiKey, 'content-type': 'application/json', 'idempotency-key': 'digits' },
      body: bodyWith(data, { repo }),
    });
  const first = await send(String.raw`{"n":14517067005933136034,"s":"\u0000"}`);
  const again = await send(String.raw`{ "n": 14517067005933136034, "s": "\u0000" }`);
  expect(again).toMatchObject({ status: 200, body: first.body });
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  for (const other of [String.raw`{"n":14517067005933136035,"s":"\u0000"}`, '{"n":14517067005933136034,"s":""}']) {
    expectError(await send(other), 422, 'IDEMPOTENCY_KEY_REUSED');
  }
});

it('stores a report after one that was refused for its depth', async () => {
  const deep = `{"a":1e400,"b":${'['.repeat(60_000)}${']'.repeat(60_000)}}`;
  const { details } = expectError(await store(platform, customer, bodyWith(deep)), 400, 'INVALID_INPUT');
  expect(details).toMatchObject([
    { path: expect.stringMatching(/^data\.b\[0\]/), message: expect.stringContaining('2000') },
  ]);
  await storeGood(platform, customer);
});
