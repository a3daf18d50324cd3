// Bodies that are not valid JSON or UTF-8, or do not match their Content-Encoding.
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { expectError, goodBody } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';
import { send } from './raw-request.ts';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
  send(
    platform,
    {
      method: 'POST',
      path: '/api/v1/phases/store',
      headers: { 'x-api-key': customer.apiKey, 'content-type': 'application/json', ...headers },
    },
    body,
  );

const good = '{"phase":"scan","repo":"o/r","commitSha":"abc","data":{}}';

it.each([
  ['nothing', ''],
  ['white space', ' \n'],
  ['half an object', '{"phase":'],
  ['a comma too many', '{"phase":"scan",}'],
  ['single quotes', "{'phase':'scan'}"],
  ['a comment', `${good} // ok`],
  ['two documents', `${good}${good}`],
  ['NaN', '{"data":{"a":NaN}}'],
  ['Infinity', '{"data":{"a":-Infinity}}'],
  ['undefined', '{"data":undefined}'],
  ['hexadecimal', '{"issueNumber":0x2a}'],
  ['a leading zero', '{"issueNumber":042}'],
  ['a line break in a text', '{"phase":"sc\nan"}'],
  ['a form', 'phase=scan&repo=o%2Fr'],
  ['a byte order mark', `\ufeff${good}`],
  ['50,000 brackets that stay open', '['.repeat(50_000)],
])('%s', async (_name, body) => {
  const { message } = expectError(await post(body), 400, 'MALFORMED_BODY');
  expect(message).toMatch(/JSON/);
});

it.each([
  ['a byte that starts nothing', Buffer.from([0x22, 0xff, 0x22])],
  ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
  ['half a surrogate pair as bytes', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['half a character at the end', Buffer.from([0x22, 0xe2, 0x82])],
  ['UTF-16', Buffer.from(`\ufeff${good}`, 'utf16le')],
  ['Latin-1', Buffer.from('{"phase":"sc\u00e4n"}', 'latin1')],
])('refuses %s, which is not UTF-8', async (_name, body) => {
  const { message } = expectError(await post(body), 400, 'MALFORMED_BODY');
  expect(message).toContain('UTF-8');
});

const whole = gzipSync(good);
const broken = Buffer.from(whole);
broken.fill(0xff, 12, 20);

it.each([
  ['plain JSON', 'gzip', good],
  ['plain JSON', 'deflate', good],
  ['plain JSON', 'br', good],
  ['nothing', 'gzip', ''],
  ['half of it', 'gzip', whole.subarray(0, whole.length / 2)],
  ['a broken block', 'gzip', broken],
  ['gzip', 'deflate', whole],
  ['gzip', 'br', whole],
  ['br', 'gzip', brotliCompressSync(good)],
])('refuses %s that is sent as %s', async (_name, encoding, body) => {
  const { message } = expectError(await post(body, { 'content-encoding': encoding }), 400, 'MALFORMED_BODY');
  expect(message).toContain('Content-Encoding');
});

it('refuses gzip of a body that is not JSON', async () => {
  const answer = await post(gzipSync('not JSON'), { 'content-encoding': 'gzip' });
  expect(expectError(answer, 400, 'MALFORMED_BODY').message).toContain('not JSON');
});

it('refuses a body that was compressed twice', async () => {
  const answer = await post(gzipSync(whole), { 'content-encoding': 'gzip' });
  expect(expectError(answer, 400, 'MALFORMED_BODY').message).toContain('UTF-8');
});

it('still serves requests afterwards', async () => {
  expect(await post(JSON.stringify(goodBody(customer)))).toMatchObject({ status: 200 });
});
